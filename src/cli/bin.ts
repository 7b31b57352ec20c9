import { Console } from 'node:console';
import { setMaxListeners } from 'node:events';
import { writeSync } from 'node:fs';
import { main } from './main.js';

const controller = new AbortController();
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let holds = 0;
let listening = false;
const listen = (): void => {
  if (!listening) for (const name of endings) process.on(name, interrupt);
  listening = true;
};
const letGo = (): void => {
  for (const name of endings) process.off(name, interrupt);
  listening = false;
};
const interrupt = (signal: NodeJS.Signals): void => {
  letGo(); // the next one is the system's own: it ends us at once, and what was started goes on
  if (holds > 0) controller.abort(signal);
  else process.kill(process.pid, signal);
};
/** A signal that came before is handed over by the loop's next look, which lies between two of these. */
const letGoSoon = (): void => {
  setImmediate(() =>
    setImmediate(() => {
      if (holds === 0) letGo();
    }),
  );
};
/**
 * A handler runs only when the event loop turns. So there is one only while something is to be cleaned up: else the
 * system's own answer ends us, also out of a config, a plugin or a pattern that loops for ever.
 */
const hold = (): (() => void) => {
  if (!controller.signal.aborted) listen();
  holds += 1;
  return () => {
    holds -= 1;
    if (holds === 0) letGoSoon();
  };
};
const readerGone = new AbortController();
// As many wait for them as there are servers: that is no leak.
setMaxListeners(0, controller.signal, readerGone.signal);
let broken = false;
// A reader that went away (`| head`) ends the output, not the work.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (stream === process.stdout) readerGone.abort();
    if (error.code === 'EPIPE' || broken) return;
    broken = true;
    process.exitCode = 1;
    if (stream === process.stdout)
      process.stderr.write(`Error: the output cannot be written: ${error.message}\n`);
  });

const ask = async (question: string): Promise<string> => {
  const { createInterface } = await import('node:readline/promises');
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const release = hold();
  try {
    return await reader.question(question, { signal: controller.signal });
  } finally {
    release();
    reader.close();
  }
};

/** What a config or a plugin prints is no output of ours: stdout holds data alone. */
globalThis.console = new Console(process.stderr, process.stderr);

let done = false;

// Neither a rejection that nobody awaits nor a throw in a timer of a plugin ends the work for everybody else.
const stray = (thrown: unknown): void => {
  broken = true;
  if (done && process.exitCode === 0) process.exitCode = 1; // a command may end before anybody is told
  process.stderr.write(
    `Error: something that a config or a plugin left running has failed: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`,
  );
};
process.on('uncaughtException', stray);
process.on('unhandledRejection', stray);

// A config or plugin that calls process.exit, or an end before everything is done, is no success.
process.on('exit', () => {
  if (done) return;
  process.exitCode = 1;
  writeSync(2, 'Error: the command was ended before it was done, by a config or a plugin.\n');
});

const currentFolder = (): string | null => {
  try {
    return process.cwd();
  } catch {
    return null; // removed under our feet
  }
};

/** What was written is on its way: a pipe to a slow reader takes its time. */
const drained = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });

const run = async (cwd: string): Promise<void> => {
  const code = await main({
    argv: process.argv.slice(2),
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd,
    platform: process.platform,
    program: process.argv[1] ?? 'mpm-io',
    get ask() {
      return process.stdin.isTTY && process.stderr.isTTY ? ask : null; // stdin is opened by looking at it
    },
    signal: controller.signal,
    hold,
    readerGone: readerGone.signal,
  });
  done = true;
  process.exitCode = broken && code === 0 ? 1 : code;
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  // What a config or a plugin left open must not keep a finished command alive; nothing of ours is.
  // oxlint-disable-next-line unicorn/no-process-exit
  setTimeout(() => process.exit(), 2_000).unref();
};

const cwd = currentFolder();
if (cwd === null) {
  done = true;
  process.exitCode = 2;
  process.stderr.write(
    'Error: the folder you are in does not exist any more.\n  → Go to one that does: cd\n',
  );
} else void run(cwd);
