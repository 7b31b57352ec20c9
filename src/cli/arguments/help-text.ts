import { optionsOf } from './option-index.js';
import { commandUsage, optionHead } from './spec.js';
import type { CommandSpec, OptionSpec } from './spec.js';

/** All commands by group, hidden ones left out. */
export const globalHelp = (table: readonly CommandSpec[]): string => {
  const shown = table.filter(({ hidden }) => hidden !== true);
  const groups = [...new Set(shown.map(({ group }) => group))];
  const widest = Math.max(0, ...shown.map((command) => commandHead(command).length));
  const sections = groups.map((group) =>
    [
      `${group}:`,
      ...shown
        .filter((command) => command.group === group)
        .map((command) => `  ${commandHead(command).padEnd(widest)}  ${command.summary}`),
    ].join('\n'),
  );
  return ['Usage: mpm-io COMMAND [options]', ...sections, 'More: mpm-io COMMAND --help'].join('\n\n');
};

const commandHead = ({ name, aliases = [] }: CommandSpec): string => [name, ...aliases].join(', ');

/** Purpose, examples, then everything it takes: most people look for an example. */
export const commandHelp = (command: CommandSpec, globalOptions: readonly OptionSpec[]): string => {
  const own = command.options;
  const inherited = optionsOf(command, globalOptions).filter((option) => !own.includes(option));
  return [
    `mpm-io ${commandUsage(command)}`,
    command.summary,
    ...(command.description === undefined ? [] : [command.description]),
    ...section('Examples', command.examples),
    ...section(
      'Arguments',
      command.positionals.map(({ name, summary }) => [name, summary] as const),
    ),
    ...section('Options', own.map(optionRow)),
    ...section('Options of every command', inherited.map(optionRow)),
    ...((command.aliases ?? []).length === 0 ? [] : [`Also: ${(command.aliases ?? []).join(', ')}`]),
  ].join('\n\n');
};

const optionRow = (option: OptionSpec): readonly [string, string] => [optionHead(option), option.summary];

const section = (title: string, rows: readonly (readonly [string, string])[]): readonly string[] => {
  if (rows.length === 0) return [];
  const widest = Math.max(...rows.map(([left]) => left.length));
  return [[`${title}:`, ...rows.map(([left, right]) => `  ${left.padEnd(widest)}  ${right}`)].join('\n')];
};
