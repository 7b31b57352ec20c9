import type { Command } from '../model/probe.js';
import type { RunOptions, RunResult } from './host.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long output may still come in once the program has ended, ms: a daemon it left behind keeps its pipes. */
const drainTime = 100;
const defaultMaxBytes = 16 * 1024 * 1024;

/**
 * Runs a foreign tool to its end, in a group of its own so that a deadline ends all of it; what it left behind when
 * it ended by itself is not touched. Answers in plain English (LC_ALL=C). `options.env` is added to `inherited`.
 * More output than `maxBytes` ends the tool like a deadline does, with what was read so far.
 */
export const runProgram = async (
  command: Command,
  options: RunOptions,
  inherited: Environment,
  endTree: EndTree = endGroup,
): Promise<RunResult> => {
  const [program, ...args] = 'shell' in command ? ['/bin/sh', '-c', command.shell] : command.argv;
  if (program === undefined) return { kind: 'missing', text: 'There is no program to run.' };
  if (options.signal?.aborted === true) return killed({ stdout: '', stderr: '' }, false);
  const { execa } = await import('execa');
  const child = execa(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
    env: { ...inherited, LC_ALL: 'C', ...options.env },
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    stripFinalNewline: false,
    maxBuffer: options.maxBytes ?? defaultMaxBytes,
  });
  let ended = false;
  let timedOut = false;
  const killTree = (): void => {
    if (!ended && child.pid !== undefined) endTree(child.pid);
  };
  const timer = setTimeout(() => {
    timedOut = !ended;
    killTree();
  }, options.timeout);
  const hangUp = (): void => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  let drain: NodeJS.Timeout | undefined;
  child.once('exit', () => {
    ended = true;
    clearTimeout(timer);
    drain = setTimeout(hangUp, drainTime);
  });
  options.signal?.addEventListener('abort', killTree, { once: true });
  for (const stream of [child.stdout, child.stderr]) {
    // Past maxBuffer execa hangs up, which a tool that ignores write errors outlives.
    stream.once('close', () => stream.readableAborted && killTree());
  }
  const result = await child;
  clearTimeout(timer);
  clearTimeout(drain);
  options.signal?.removeEventListener('abort', killTree);
  const { stdout, stderr, exitCode, signal, isMaxBuffer } = result;
  if (isMaxBuffer) return killed(result, timedOut);
  if (signal !== undefined) return { kind: 'killed', signal, timedOut, stdout, stderr };
  if (exitCode !== undefined) return { kind: 'exited', code: exitCode, stdout, stderr };
  return { kind: 'missing', text: result.originalMessage ?? `${program} cannot be run.` };
};

const killed = (output: { stdout: string; stderr: string }, timedOut: boolean): RunResult => ({
  kind: 'killed',
  signal: 'SIGKILL',
  timedOut,
  stdout: output.stdout,
  stderr: output.stderr,
});

/** Ends a tool of ours that is still running: its PID is surely its own, since nobody has collected it yet. */
export type EndTree = (leader: number) => void;

const endGroup: EndTree = (leader) => {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // ended between the question and the signal
  }
};

/** Where there is no /proc, what left the group is found by its parents: the system's own tools are asked for them. */
export const endByParents: EndTree = (leader) => {
  void import('tree-kill').then(({ default: treeKill }) =>
    treeKill(leader, 'SIGKILL', () => endGroup(leader)),
  );
};
