import type { Argv } from 'yargs';
import { commandHelp, globalHelp } from './help-text.js';
import { optionsOf } from './option-index.js';
import { isProblem, readValue } from './option-value.js';
import { commandUsage } from './spec.js';
import type { CommandSpec, OptionSpec } from './spec.js';

/** What yargs made of an argv: for the proof that both readers agree. */
export type YargsReading = Readonly<Record<string, unknown>>;

/** Called with the command that was chosen and what was read for it. */
export type YargsHandler = (command: CommandSpec, reading: YargsReading) => void;

/**
 * A yargs made from the same table as our own reader; it never prints and never ends the process. It is loaded only for help, and wherever
 * a second opinion on an argv is wanted.
 */
export const buildYargs = async (
  table: readonly CommandSpec[],
  globalOptions: readonly OptionSpec[],
  handler: YargsHandler = () => undefined,
): Promise<Argv> => {
  const { default: yargs } = await import('yargs');
  const root = configure(yargs([]), globalHelp(table)).parserConfiguration(parser);
  addOptions(root, globalOptions);
  addCommands(root, table, globalOptions, handler);
  return root.demandCommand(1, 'Name a command.');
};

const parser = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'duplicate-arguments-array': true,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'populate--': true,
  'strip-aliased': true,
} as const;

const configure = (instance: Argv, usage: string): Argv =>
  instance
    .scriptName('mpm-io')
    .usage(usage)
    .help(false)
    .version(false)
    .locale('en')
    .wrap(null)
    .strict()
    .exitProcess(false)
    .showHelpOnFail(false)
    .recommendCommands();

/** `config check` lies under `config`: yargs knows such commands only as a command within a command. */
const addCommands = (
  instance: Argv,
  table: readonly CommandSpec[],
  globalOptions: readonly OptionSpec[],
  handler: YargsHandler,
): void => {
  const plain = table.filter(({ name }) => !name.includes(' '));
  const parents = new Set(
    table.filter(({ name }) => name.includes(' ')).map(({ name }) => name.split(' ')[0] ?? ''),
  );
  for (const command of plain) {
    const below = table.filter(({ name }) => name.startsWith(`${command.name} `));
    addCommand(instance, command, below, globalOptions, handler);
    parents.delete(command.name);
  }
  for (const parent of parents) {
    const below = table.filter(({ name }) => name.startsWith(`${parent} `));
    instance.command(parent, false, (inner) => {
      for (const command of below)
        addCommand(inner, command, [], globalOptions, handler, withoutParent(command));
      return inner.demandCommand(1);
    });
  }
};

const withoutParent = (command: CommandSpec): CommandSpec => ({
  ...command,
  name: command.name.slice(command.name.indexOf(' ') + 1),
});

const addCommand = (
  instance: Argv,
  command: CommandSpec,
  below: readonly CommandSpec[],
  globalOptions: readonly OptionSpec[],
  handler: YargsHandler,
  word: CommandSpec = command,
): void => {
  instance.command({
    command: [commandUsage(word), ...(word.aliases ?? [])],
    describe: false,
    builder: (inner: Argv) => {
      inner.usage(commandHelp(command, globalOptions));
      for (const { name, summary, values } of command.positionals) {
        inner.positional(name, {
          type: 'string',
          describe: summary,
          ...(values === undefined ? {} : { choices: values }),
        });
        inner.hide(name); // the usage text has told it
      }
      for (const lower of below) addCommand(inner, lower, [], globalOptions, handler, withoutParent(lower));
      addOptions(inner, optionsOf(command, globalOptions));
      return inner;
    },
    handler: (reading) => handler(command, reading),
  });
};

const addOptions = (instance: Argv, options: readonly OptionSpec[]): void => {
  for (const option of options) {
    const isFlag = option.type === 'boolean';
    instance.option(option.name, {
      describe: option.summary,
      hidden: true,
      ...(option.alias === undefined ? {} : { alias: option.alias }),
      ...(isFlag ? { type: 'boolean' } : { type: 'array', string: true, requiresArg: true, nargs: 1 }),
      coerce: (given: unknown) => coerce(option, given),
    });
    if (option.negatable === true) instance.option(`no-${option.name}`, { type: 'boolean', hidden: true });
  }
};

/** Every value passes the same check as in our own reader. */
const coerce = (option: OptionSpec, given: unknown): unknown => {
  if (given === undefined) return undefined;
  if (option.type === 'boolean') return Array.isArray(given) ? given.at(-1) === true : given;
  const values = (Array.isArray(given) ? given : [given]).map((text) => {
    const value = readValue(option, String(text));
    if (isProblem(value)) throw new Error(value.message);
    return value;
  });
  return option.type === 'list' ? values.flat() : values.at(-1);
};
