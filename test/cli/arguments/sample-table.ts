import type { CommandSpec, OptionSpec } from '../../../src/cli/arguments/spec.js';

export const globalOptions: readonly OptionSpec[] = [
  { name: 'json', type: 'boolean', summary: 'Print one JSON document' },
  { name: 'config', alias: 'c', type: 'string', argument: 'FILE', summary: 'The ecosystem file' },
  { name: 'quiet', alias: 'q', type: 'boolean', summary: 'Say less' },
  { name: 'help', alias: 'h', type: 'boolean', summary: 'Show help' },
  { name: 'colour', type: 'boolean', negatable: true, summary: 'Colours' },
];

export const table: readonly CommandSpec[] = [
  {
    name: 'start',
    aliases: ['up'],
    summary: 'Start servers',
    positionals: [
      { name: 'targets', summary: 'What to start', variadic: true, optional: true, servers: true },
    ],
    options: [
      { name: 'name', alias: 'n', type: 'string', summary: 'Name it' },
      { name: 'instances', alias: 'i', type: 'number', summary: 'How many' },
      { name: 'only', type: 'list', summary: 'Only these' },
      { name: 'wait', type: 'boolean', negatable: true, summary: 'Wait until ready' },
      { name: 'force', alias: 'f', type: 'boolean', summary: 'Do it | anyway' },
    ],
    examples: [
      ['mpm-io start all', 'everything the file declares'],
      ['mpm-io start app.js --name x', 'one program'],
    ],
    group: 'Run',
  },
  {
    name: 'logs',
    summary: 'Show logs',
    description: 'Follows until Ctrl-C.',
    positionals: [{ name: 'targets', summary: 'Whose', variadic: true, optional: true, servers: true }],
    options: [
      { name: 'lines', alias: 'n', type: 'number', argument: 'N', summary: 'How many of each file' },
      { name: 'since', type: 'string', summary: 'From then on' },
      { name: 'stream', type: 'string', values: ['out', 'err'], summary: 'Which one' },
      { name: 'follow', alias: 'f', type: 'boolean', negatable: true, summary: 'Go on' },
    ],
    examples: [],
    group: 'Look',
  },
  {
    name: 'scale',
    summary: 'Change the number of instances',
    positionals: [
      { name: 'target', summary: 'Which', servers: true },
      { name: 'number', summary: 'How many' },
    ],
    options: [],
    examples: [['mpm-io scale web -1', 'one fewer']],
    group: 'Run',
  },
  {
    name: 'completion',
    summary: 'Print a completion script',
    positionals: [{ name: 'shell', summary: 'For which', values: ['bash', 'zsh', 'fish'] }],
    options: [],
    examples: [],
    group: 'Setup',
  },
  {
    name: 'config check',
    summary: 'Check the file',
    positionals: [{ name: 'file', summary: 'Which', optional: true }],
    options: [{ name: 'strict', type: 'boolean', summary: 'Warnings are errors' }],
    examples: [],
    group: 'Setup',
  },
  { name: 'config show', summary: 'Show it', positionals: [], options: [], examples: [], group: 'Setup' },
  {
    name: 'secret',
    summary: 'Not shown',
    positionals: [],
    options: [],
    examples: [],
    group: 'Setup',
    hidden: true,
  },
];
