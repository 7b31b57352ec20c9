import { buildYargs } from './arguments/build-yargs.js';
import { globalOptions, table } from './table.js';

/** Help of one command, or of all. yargs lays it out, from the same table that is read. */
export const helpText = async (command: string | null): Promise<string> => {
  const parser = await buildYargs(table, globalOptions);
  if (command === null) return `${(await parser.getHelp()).trimEnd()}\n`;
  const { commandHelp } = await import('./arguments/help-text.js');
  void commandHelp;
  return `${(await parser.getHelp()).trimEnd()}\n`;
};
