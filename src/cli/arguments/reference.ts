import { commandUsage, optionHead } from './spec.js';
import type { CommandSpec, OptionSpec } from './spec.js';

/** `docs/commands.md`, written from the table, so that it can never tell of an option that is not there. */
export const commandReference = (
  table: readonly CommandSpec[],
  globalOptions: readonly OptionSpec[],
): string => {
  const shown = table.filter(({ hidden }) => hidden !== true);
  const groups = [...new Set(shown.map(({ group }) => group))];
  return `${[
    '# Commands',
    'This page is written from the command table; `mpm-io COMMAND --help` shows the same.',
    ...groups.flatMap((group) => [
      `## ${group}`,
      ...shown.filter((command) => command.group === group).map(commandSection),
    ]),
    '## Options of every command',
    optionTable(globalOptions),
  ].join('\n\n')}\n`;
};

const commandSection = (command: CommandSpec): string =>
  [
    `### ${command.name}`,
    sentence(command.summary),
    ...(command.description === undefined ? [] : [command.description]),
    fence(`mpm-io ${commandUsage(command)}${command.options.length > 0 ? ' [options]' : ''}`),
    ...((command.aliases ?? []).length === 0
      ? []
      : [`Also: ${(command.aliases ?? []).map(code).join(', ')}.`]),
    ...positionalTable(command),
    ...(command.options.length === 0 ? [] : [optionTable(command.options)]),
    ...(command.examples.length === 0 ? [] : [exampleBlock(command)]),
  ].join('\n\n');

const positionalTable = ({ positionals }: CommandSpec): readonly string[] =>
  positionals.length === 0
    ? []
    : [
        [
          '| argument | |',
          '| --- | --- |',
          ...positionals.map(
            ({ name, summary, values }) =>
              `| ${code(name)} | ${cell(summary)}${values === undefined ? '' : ` (${values.map(code).join(', ')})`} |`,
          ),
        ].join('\n'),
      ];

const optionTable = (options: readonly OptionSpec[]): string =>
  [
    '| option | |',
    '| --- | --- |',
    ...options.map((option) => `| ${code(cell(optionHead(option)))} | ${cell(option.summary)} |`),
  ].join('\n');

const exampleBlock = ({ examples }: CommandSpec): string => {
  const widest = Math.max(...examples.map(([command]) => command.length));
  return fence(examples.map(([command, what]) => `${command.padEnd(widest)}  # ${what}`).join('\n'));
};

const fence = (text: string): string => `\`\`\`sh\n${text}\n\`\`\``;

const code = (text: string): string => `\`${text}\``;

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);
