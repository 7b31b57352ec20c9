import test from 'ava';
import { buildYargs } from '../../../src/cli/arguments/build-yargs.js';
import { findCommand } from '../../../src/cli/arguments/find-command.js';
import { readArguments } from '../../../src/cli/arguments/read-arguments.js';
import type { CommandSpec } from '../../../src/cli/arguments/spec.js';
import type { YargsReading } from '../../../src/cli/arguments/build-yargs.js';
import { globalOptions, table } from './sample-table.js';

type Read = { command: string; options: unknown; positionals: readonly string[]; rest: readonly string[] };

const ours = (argv: readonly string[]): Read | 'refused' => {
  const found = findCommand(table, globalOptions, argv);
  if (!found.ok || found.value.command === null) return 'refused';
  const { command } = found.value;
  const read = readArguments(command, globalOptions, found.value.argv);
  return read.ok ? { command: command.name, ...read.value } : 'refused';
};

const theirs = async (argv: readonly string[]): Promise<Read | 'refused'> => {
  const chosen: Read[] = [];
  const yargs = await buildYargs(table, globalOptions, (command, reading) => {
    chosen.push(normal(command, reading));
  });
  try {
    await yargs
      .fail((message, error) => {
        throw error ?? new Error(message);
      })
      .parseAsync([...argv]);
  } catch {
    return 'refused';
  }
  return chosen[0] ?? 'refused';
};

const normal = (command: CommandSpec, reading: YargsReading): Read => {
  const names = new Set(command.positionals.map(({ name }) => name));
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(reading)) {
    if (['_', '$0', '--'].includes(key) || names.has(key) || value === undefined) continue;
    if (key.startsWith('no-')) options[key.slice(3)] = false;
    else options[key] = value;
  }
  const positionals = command.positionals.flatMap(({ name }) => (reading[name] ?? []) as string | string[]);
  return { command: command.name, options, positionals, rest: (reading['--'] ?? []) as string[] };
};

const accepted: readonly (readonly string[])[] = [
  ['start'],
  ['start', 'all'],
  ['start', 'a', 'b', 'c'],
  ['up', 'a'],
  ['start', '--name', 'x'],
  ['start', '--name=x'],
  ['start', '--name=a=b'],
  ['start', '-n', 'x', 'web'],
  ['start', 'web', '-i5'],
  ['start', 'web', '-i', '5'],
  ['start', 'web', '-i=5'],
  ['start', '--instances=5', 'web'],
  ['start', '--instances', '1.5'],
  ['start', '--instances', '-1'],
  ['start', '-fq', 'web'],
  ['start', '-fqi', '5', 'web'],
  ['start', '-fi5'],
  ['start', '--only', 'a,b'],
  ['start', '--only', 'a', '--only', 'b', 'web'],
  ['start', '--only=a,b', '--only=c'],
  ['start', '--only', 'a', 'b'],
  ['start', '--name', 'a', '--name', 'b'],
  ['start', '--force', '--force'],
  ['start', '--no-wait', 'web'],
  ['start', '--wait', 'web'],
  ['start', '--force=false'],
  ['start', '--force=true', 'x'],
  ['start', '--force', 'web'],
  ['start', 'app.js', '--', '--port', '3000', 'x'],
  ['start', 'app.js', '--name', 'x', '--', '-v'],
  ['start', '--', 'a'],
  ['start', '007'],
  ['start', 'web:1', '3', '1e3'],
  ['start', '/we.*b/', 'app.*'],
  ['start', '--json', '--config', 'e.json'],
  ['--json', 'start', 'x'],
  ['--config', 'e.json', 'start', 'x'],
  ['-c', 'e.json', 'start'],
  ['--config=e.json', 'start'],
  ['start', '--no-colour'],
  ['start', 'with space', 'ünïcode', ''],
  ['logs', '-n', '5', 'web'],
  ['logs', '-n5'],
  ['logs', '--lines', '0', '--no-follow'],
  ['logs', '--stream', 'err'],
  ['logs', '--stream=out', '--since', '10m'],
  ['scale', 'web', '-1'],
  ['scale', 'web', '+2'],
  ['scale', 'web', '3'],
  ['completion', 'bash'],
  ['config', 'check'],
  ['config', 'check', 'file.json', '--strict'],
  ['config', 'show', '--json'],
];

const refused: readonly (readonly string[])[] = [
  [],
  ['strat'],
  ['start', '--nmae', 'x'],
  ['start', '--name'],
  ['start', '--name', '--force'],
  ['start', '--name', '-f'],
  ['start', '--name='],
  ['start', '-n'],
  ['start', '-z'],
  ['start', '-fz'],
  ['start', '-nf', 'x'],
  ['start', '--instances', 'many'],
  ['start', '--instances='],
  ['start', '--instances', '0x10'],
  ['start', '-ifive'],
  ['start', '--only', ','],
  ['start', '--no-force'],
  ['start', '--no-nonsense'],
  ['start', '--lines', '5'],
  ['logs', '--stream', 'both'],
  ['logs', '--since', '-5m'],
  ['scale'],
  ['scale', 'web'],
  ['scale', 'web', '1', '2'],
  ['completion'],
  ['completion', 'powershell'],
  ['config'],
  ['config', 'chekc'],
  ['config', 'show', 'x'],
];

for (const argv of accepted) {
  test(`both readers read: ${JSON.stringify(argv)}`, async (t) => {
    const read = ours(argv);
    t.not(read, 'refused');
    t.deepEqual(await theirs(argv), read);
  });
}

for (const argv of refused) {
  test(`both readers refuse: ${JSON.stringify(argv)}`, async (t) => {
    t.is(ours(argv), 'refused');
    t.is(await theirs(argv), 'refused');
  });
}
