import { isMpmError, messageOf, mpmError, type MpmError } from '../model/errors/index.js';
import { version } from '../model/version.js';
import { findCommand } from './arguments/find-command.js';
import { readArguments } from './arguments/read-arguments.js';
import type { CommandSpec, UsageProblem } from './arguments/spec.js';
import { asCalled } from './as-called.js';
import { withFileHint } from './file-hint.js';
import { exit, type Invocation, Options, printJson } from './invocation.js';
import type { Io } from './io.js';
import { replacements } from './pm2-verbs.js';
import { errorJson, errorText } from './render/error.js';
import { withRecordedHint } from './recorded-hint.js';
import { globalOptions, table } from './table.js';
import { terminalOf } from './terminal-of.js';

/** Runs one command line and tells its exit code. Nothing below it prints to anything but the streams of `io`, and nothing exits. */
export const main = async (io: Io): Promise<number> => {
  const { argv } = io;
  try {
    if (io.platform === 'win32') throw mpmError('PLATFORM_UNSUPPORTED', { platform: 'Windows' });
    const code = await dispatch(argv, io);
    return io.signal.aborted ? exit.interrupted : code;
  } catch (thrown) {
    return tellError(
      isMpmError(thrown) ? thrown : mpmError('INTERNAL', { cause: describe(thrown, io) }, thrown),
      io,
    );
  }
};

const describe = (thrown: unknown, { env }: Io): string =>
  env['MPM_IO_DEBUG'] !== undefined && thrown instanceof Error
    ? (thrown.stack ?? thrown.message)
    : messageOf(thrown);

const dispatch = async (given: readonly string[], io: Io): Promise<number> => {
  // `help start` is `start --help`.
  const argv = given[0] === 'help' ? [...given.slice(1), '--help'] : given;
  const asksHelp = beforeRest(argv).some((word) => word === '--help' || word === '-h');
  const found = findCommand(table, globalOptions, argv);
  if (!found.ok) {
    if (asksHelp && table.some(({ name }) => name.startsWith(`${argv[0]} `)))
      return help(argv[0] ?? null, io);
    throw usageError(found.problems, argv);
  }
  const entry = table.find(({ name }) => name === found.value.command?.name);
  if (entry === undefined) return withoutCommand(found.value.argv, io);
  if (asksHelp) return help(entry.name, io);
  const read = readArguments(entry, globalOptions, found.value.argv);
  if (!read.ok) throw usageError(read.problems, argv, entry.name);
  const [behind] = read.value.rest;
  if (behind !== undefined && entry.takesRest !== true) throw restError(entry.name, behind, argv);
  const options = new Options(read.value.options);
  if (options.flag('version')) return printVersion(io);
  const { run } = await entry.load();
  const call: Invocation = {
    io,
    options,
    positionals: read.value.positionals,
    rest: read.value.rest,
    commands: { table, globalOptions },
    out: terminalOf(io.stdout, io, options.choice('color')),
    err: terminalOf(io.stderr, io, options.choice('color')),
  };
  try {
    return await run(call);
  } catch (thrown) {
    throw isMpmError(thrown) ? withFileHint(withRecordedHint(thrown, entry, call), io) : thrown;
  }
};

/** Words behind `--` are not ours. */
const beforeRest = (argv: readonly string[]): readonly string[] =>
  argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;

/** Options alone: the version, or help. */
const withoutCommand = (argv: readonly string[], io: Io): Promise<number> => {
  if (argv.includes('--version') || argv.includes('-v')) return Promise.resolve(printVersion(io));
  const read = readArguments(noCommand, globalOptions, argv);
  if (!read.ok) throw usageError(read.problems, argv);
  return help(null, io);
};

const noCommand: CommandSpec = {
  name: '',
  summary: '',
  group: '',
  positionals: [],
  options: [],
  examples: [],
};

const printVersion = (io: Io): number => {
  io.stdout.write(`${version}\n`);
  return exit.ok;
};

const help = async (command: string | null, io: Io): Promise<number> => {
  const { helpText } = await import('./help.js');
  io.stdout.write(await helpText(command, terminalOf(io.stdout, io, undefined).width));
  return exit.ok;
};

const usageError = (
  problems: readonly UsageProblem[],
  argv: readonly string[],
  command: string | null = null,
): MpmError => {
  const word = argv.find((candidate) => !candidate.startsWith('-'));
  const replaced = word === undefined ? undefined : replacements[word];
  if (replaced !== undefined && problems.some(({ message }) => message.includes(word ?? '')))
    return mpmError('VERB_REPLACED', { verb: word ?? '', by: replaced });
  return mpmError('USAGE', {
    problems: problems.map(({ message, suggestion }) => ({ message, suggestion })),
    command,
  });
};

/** pm2 hands it to the server; here that stands in the file, and is never dropped in silence. */
const restError = (command: string, word: string, argv: readonly string[]): MpmError => {
  const message = `${command} takes nothing behind --, and there is "${word}": what a server is started with stands in its file, as "args".`;
  return usageError([{ message, suggestion: null }], argv, command);
};

const tellError = (thrown: MpmError, io: Io): number => {
  const { code, message, docs, facts } = thrown;
  const argv = beforeRest(io.argv);
  const error = { code, message, hint: asCalled(thrown.hint, argv, io), docs, facts };
  if (argv.includes('--json')) printJson(io, JSON.parse(errorJson(error)));
  else
    io.stderr.write(
      `${errorText(error, terminalOf(io.stderr, io, argv.includes('--no-color') ? false : undefined)).trimEnd()}\n`,
    );
  return io.signal.aborted ? exit.interrupted : thrown.exit;
};
