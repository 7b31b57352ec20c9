import { shellWord } from '../shell-word.js';
import type { ErrorFamily } from './entry.js';

/** Commands that are no verb of English. */
const verbWords: Readonly<Record<string, string>> = { wait: 'wait for', info: 'describe' };

export const cliErrors = {
  PLATFORM_UNSUPPORTED: (f: { platform: string }) => ({
    message: `mpm-io runs on Linux and macOS, not on ${f.platform}.`,
    hint: 'On Windows, run it inside WSL.',
    exit: 2,
  }),
  USAGE: (f: {
    problems: readonly { readonly message: string; readonly suggestion: string | null }[];
    /** The command whose help tells more. */
    command: string | null;
  }) => ({
    message: f.problems
      .map(
        ({ message, suggestion }) => `${message}${suggestion === null ? '' : ` Did you mean ${suggestion}?`}`,
      )
      .join('\n'),
    hint:
      f.command === null
        ? 'See all commands with: mpm-io --help'
        : `See what it takes with: mpm-io ${f.command} --help`,
    exit: 2,
  }),
  VERB_REPLACED: (f: { verb: string; by: string }) => ({
    message: `mpm-io has no ${f.verb}.`,
    hint: f.by,
    exit: 2,
  }),
  TARGET_MISSING: (f: { verb: string }) => ({
    message: `Say what to ${verbWords[f.verb] ?? f.verb}.`,
    hint: `For everything: mpm-io ${f.verb} all`,
    exit: 2,
  }),
  TARGET_IS_FILE: (f: { file: string; isThere: boolean }) => ({
    message: f.isThere
      ? `${f.file} is a file, and no server of that name is declared: mpm-io runs what an ecosystem file declares.`
      : `There is no file ${f.file}, and no server of that name.`,
    hint: f.isThere
      ? 'Declare it as the "script" of a server; a first file is written by: mpm-io config init'
      : 'See what there is with: mpm-io status',
    exit: 2,
  }),
  NOT_CONFIRMED: (f: { what: string }) => ({
    message: `Nothing was done: ${f.what}.`,
    hint: 'To go on without being asked, add: --yes',
    exit: 2,
  }),
  NOTHING_DECLARED: (_f: Record<never, never>) => ({
    message: 'There is no ecosystem file here, and nothing is recorded.',
    hint: 'Write one with: mpm-io config init',
    exit: 2,
  }),
  NOTHING_MATCHES: (f: { why: string }) => ({
    message: f.why,
    hint: 'See what there is with: mpm-io status',
    exit: 2,
  }),
  FILE_EXISTS: (f: { path: string }) => ({
    message: `${f.path} is there already; it is not overwritten.`,
    hint: 'Check it with: mpm-io config check',
    exit: 2,
  }),
  FILE_BESIDE: (f: { path: string; other: string }) => ({
    message: `${f.other} is there already, and of two in one folder only the first is found; nothing was written.`,
    hint: `Check that one with: mpm-io config check; or write another, to be named each time: mpm-io config init --config ${shellWord(f.path)}`,
    exit: 2,
  }),
  OPTION_INVALID: (f: { option: string; value: string; why: string; known?: readonly string[] }) => ({
    message: `--${f.option} ${f.value}: ${f.why}${f.why.endsWith('?') ? '' : '.'}`,
    hint:
      f.known === undefined || f.known.length === 0
        ? "See the command's options with: --help"
        : `Known: ${f.known.join(', ')}.`,
    exit: 2,
  }),
  PORT_AMBIGUOUS: (f: { port: number; who: readonly string[]; commands: readonly string[] }) => ({
    message: `Port ${f.port} is held by ${f.who.length} servers: ${f.who.join('; ')}.`,
    hint: `Name one: ${f.commands.join('   or: ')}`,
    exit: 1,
  }),
  PORT_OWNER_HIDDEN: (f: { port: number; address: string; uid: number }) => ({
    message: `Port ${f.port} (${f.address}) is held by a process of user ${f.uid} that is not visible to you.`,
    hint: `See who holds it as root: sudo mpm-io diagnose --port ${f.port}`,
    exit: 1,
  }),
  PROCESS_GONE: (f: { pid: number }) => ({
    message: `There is no process ${f.pid}.`,
    hint: 'See what runs with: mpm-io status --discover',
    exit: 2,
  }),
  SHELL_MISSING: (f: { shells: readonly string[] }) => ({
    message: `Say for which shell: ${f.shells.join(', ')}.`,
    hint: 'For bash: mpm-io completion bash >> ~/.bashrc',
    exit: 2,
  }),
  NO_LOGS: (f: { why: string; hint: string }) => ({
    message: f.why,
    hint: f.hint,
    exit: 2,
  }),
  INTERNAL: (f: { cause: string }) => ({
    message: `mpm-io failed in a way it should not: ${f.cause}`,
    hint: 'Run the command again with MPM_IO_DEBUG=1 and report what it prints.',
    exit: 1,
  }),
} satisfies ErrorFamily;
