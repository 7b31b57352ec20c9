import type { CommandSpec, OptionSpec } from './arguments/spec.js';
import type { Command } from './invocation.js';

/** A command with its code, which is loaded only when it is called. */
export type Entry = CommandSpec & { readonly load: () => Promise<{ readonly run: Command }> };

export const globalOptions: readonly OptionSpec[] = [
  { name: 'config', alias: 'c', type: 'string', argument: 'FILE', summary: 'use this ecosystem file' },
  { name: 'json', type: 'boolean', summary: 'print one JSON document' },
  { name: 'color', type: 'boolean', negatable: true, summary: 'colour, or none' },
  { name: 'help', alias: 'h', type: 'boolean', summary: 'show help' },
  { name: 'version', alias: 'v', type: 'boolean', summary: 'show the version' },
];

const targets: CommandSpec['positionals'] = [
  {
    name: 'targets',
    summary: 'all, a name, name:index, an id, a glob, /regex/, or an ecosystem file',
    variadic: true,
    optional: true,
    servers: true,
  },
];

const targetOptions: readonly OptionSpec[] = [
  { name: 'namespace', type: 'string', argument: 'NAME', summary: 'only servers of this namespace' },
  { name: 'style', type: 'string', argument: 'NAME', summary: 'only servers of this style' },
  { name: 'port', type: 'number', argument: 'N', summary: 'the server on this port, declared or not' },
  {
    name: 'pid',
    type: 'number',
    argument: 'N',
    summary: 'the server this process belongs to, declared or not',
  },
  { name: 'only', type: 'list', argument: 'A,B', summary: 'of what is named, only these' },
  { name: 'everywhere', type: 'boolean', summary: 'also what other files have recorded' },
];

const changeOptions: readonly OptionSpec[] = [
  ...targetOptions,
  { name: 'dry-run', type: 'boolean', summary: 'show the plan and change nothing' },
  { name: 'yes', alias: 'y', type: 'boolean', summary: 'do not ask' },
];

const env: OptionSpec = {
  name: 'env',
  type: 'string',
  argument: 'NAME',
  summary: "also use the file's environment of this name",
};
const updateEnv: OptionSpec = {
  name: 'update-env',
  alias: 'a',
  type: 'boolean',
  summary: "take the caller's environment anew",
};
const wait: OptionSpec = {
  name: 'wait',
  type: 'boolean',
  negatable: true,
  summary: 'wait until ready (default)',
};
const recorded: OptionSpec = {
  name: 'recorded',
  type: 'boolean',
  summary: 'go by what was recorded of the file, and do not read it',
};
const force: OptionSpec = {
  name: 'force',
  alias: 'f',
  type: 'boolean',
  summary: 'kill at once; also what nobody recognises',
};

/** The whole command line. The reader, yargs, help, completion and docs/commands.md are made from it. */
export const table: readonly Entry[] = [
  {
    name: 'start',
    summary: 'start servers and wait until they are ready',
    description:
      'Starts what is named with everything it depends on, side by side. Running already: nothing changes.',
    group: 'Servers',
    positionals: targets,
    options: [...changeOptions, env, updateEnv, wait],
    examples: [
      ['start all', 'everything the file declares'],
      ['start web --env production', 'one server, with its production environment'],
    ],
    load: () => import('./commands/start.js'),
  },
  {
    name: 'stop',
    summary: 'stop servers through their owner, the whole tree',
    description: 'Judged by process and port. What cannot be proved to be the server is not signalled.',
    group: 'Servers',
    positionals: targets,
    options: [...changeOptions, force, recorded],
    examples: [
      ['stop web', 'one server'],
      ['stop --port 8765', 'whatever serves that port, declared or not'],
    ],
    load: () => import('./commands/stop.js'),
  },
  {
    name: 'restart',
    summary: 'stop, then start again with the same id, port and style',
    group: 'Servers',
    positionals: targets,
    options: [...changeOptions, env, updateEnv, wait, force],
    examples: [['restart web:1', 'one instance']],
    load: () => import('./commands/restart.js'),
  },
  {
    name: 'delete',
    aliases: ['del'],
    summary: 'stop servers and forget them',
    group: 'Servers',
    positionals: targets,
    options: [
      ...changeOptions,
      force,
      recorded,
      { name: 'logs', type: 'boolean', summary: 'remove their log files too' },
    ],
    examples: [['delete web', 'stop it and drop its record']],
    load: () => import('./commands/delete.js'),
  },
  {
    name: 'wait',
    summary: 'wait until servers are ready, or stopped',
    description:
      'Asks of what was started without waiting what its start would have asked, and records that it passed.',
    group: 'Servers',
    positionals: targets,
    options: [
      ...targetOptions,
      {
        name: 'for',
        type: 'string',
        values: ['ready', 'stopped'],
        summary: 'what to wait for (default ready)',
      },
      {
        name: 'timeout',
        type: 'string',
        argument: 'DURATION',
        summary: 'at most this long, as 30s or 2m (default 60s)',
      },
    ],
    examples: [['wait web --for ready --timeout 30s', 'block until it answers']],
    load: () => import('./commands/wait.js'),
  },
  {
    name: 'status',
    aliases: ['ls', 'list', 'ps'],
    summary: 'show all servers of all styles',
    group: 'Looking',
    positionals: targets,
    options: [
      ...targetOptions,
      recorded,
      { name: 'discover', type: 'boolean', summary: 'also servers that nobody declared' },
    ],
    examples: [
      ['status', 'the servers of this folder'],
      ['status --json', 'the same for scripts'],
    ],
    load: () => import('./commands/status.js'),
  },
  {
    name: 'info',
    aliases: ['describe', 'desc', 'show'],
    summary: 'show everything known of servers',
    group: 'Looking',
    positionals: targets,
    options: [...targetOptions, recorded],
    examples: [['info web', 'its figures, endpoints, logs and evidence']],
    load: () => import('./commands/info.js'),
  },
  {
    name: 'health',
    summary: 'ask servers whether they are well',
    group: 'Looking',
    positionals: targets,
    options: [...targetOptions, recorded],
    examples: [['health web && deploy', 'exit code 0 only when it answers']],
    load: () => import('./commands/health.js'),
  },
  {
    name: 'diagnose',
    summary: 'tell who holds what, what disagrees, and what helps',
    group: 'Looking',
    positionals: targets,
    options: [
      ...targetOptions,
      recorded,
      { name: 'fix', type: 'boolean', summary: 'carry out the safe remedies' },
      { name: 'yes', alias: 'y', type: 'boolean', summary: 'do not ask' },
    ],
    examples: [['diagnose --port 8765', 'who holds a port, run by whom, on which evidence']],
    load: () => import('./commands/diagnose.js'),
  },
  {
    name: 'logs',
    aliases: ['log'],
    summary: 'show and follow log lines',
    description: 'With --json each line is an object of its own, one a line: {source, stream, line, at}.',
    group: 'Looking',
    positionals: targets,
    options: [
      ...targetOptions,
      recorded,
      {
        name: 'lines',
        alias: 'n',
        type: 'number',
        argument: 'N',
        summary: 'the last N lines first (default 15)',
      },
      {
        name: 'follow',
        type: 'boolean',
        negatable: true,
        summary: 'go on with what comes (default on a terminal)',
      },
      { name: 'out', type: 'boolean', summary: 'standard output only' },
      { name: 'err', type: 'boolean', summary: 'standard error only' },
      { name: 'grep', type: 'string', argument: 'REGEX', summary: 'only lines that match' },
      { name: 'since', type: 'string', argument: 'TIME', summary: 'from then on: 10m, or 2026-01-31T12:00' },
      { name: 'until', type: 'string', argument: 'TIME', summary: 'up to then' },
      { name: 'raw', type: 'boolean', summary: 'without the name in front' },
    ],
    examples: [['logs web --err -n 50', 'the last 50 lines of its standard error, then what comes']],
    load: () => import('./commands/logs.js'),
  },
  {
    name: 'config check',
    summary: 'check the ecosystem file, key by key',
    group: 'Files',
    positionals: [],
    options: [env],
    examples: [['config check -c pm2.json', 'what of a pm2 file is honoured']],
    load: () => import('./commands/config-check.js'),
  },
  {
    name: 'config show',
    summary: 'show the file as it is understood, with every default',
    group: 'Files',
    positionals: [],
    options: [env, { name: 'reveal', type: 'boolean', summary: 'do not mask what looks like a secret' }],
    examples: [['config show', 'as JSON']],
    load: () => import('./commands/config-show.js'),
  },
  {
    name: 'config init',
    summary: 'write a first ecosystem file',
    group: 'Files',
    positionals: [
      {
        name: 'format',
        summary: 'its format (default json)',
        optional: true,
        values: ['json', 'yaml', 'js', 'ts'],
      },
    ],
    options: [],
    examples: [['config init', 'ecosystem.json in this folder']],
    load: () => import('./commands/config-init.js'),
  },
  {
    name: 'plugins list',
    aliases: ['plugins'],
    summary: 'show the management styles that are loaded',
    group: 'Files',
    positionals: [],
    options: [],
    examples: [['plugins list', 'built-in styles and those of the file']],
    load: () => import('./commands/plugins.js'),
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    group: 'Files',
    positionals: [{ name: 'shell', summary: 'which shell', optional: true, values: ['bash', 'zsh', 'fish'] }],
    options: [
      {
        name: 'complete',
        type: 'boolean',
        summary: 'complete the words behind --, a line each (for the scripts)',
      },
    ],
    takesRest: true,
    examples: [['completion bash >> ~/.bashrc', 'for every new shell']],
    load: () => import('./commands/completion.js'),
  },
];
