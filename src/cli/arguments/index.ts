/** One command table, and everything that is made from it: our reader, yargs, help, and the reference page. */
export { buildYargs } from './build-yargs.js';
export { findCommand } from './find-command.js';
export { commandHelp, globalHelp } from './help-text.js';
export { optionsOf } from './option-index.js';
export { readArguments } from './read-arguments.js';
export { commandReference } from './reference.js';
export { commandUsage, optionHead } from './spec.js';
export type {
  Arguments,
  CommandSpec,
  OptionSpec,
  OptionValue,
  PositionalSpec,
  ReadResult,
  UsageProblem,
} from './spec.js';
export type { YargsHandler, YargsReading } from './build-yargs.js';
