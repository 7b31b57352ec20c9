import { setMaxListeners } from 'node:events';
import { main } from './main.js';

const controller = new AbortController();
const interrupt = (signal: NodeJS.Signals): void => {
  controller.abort(signal);
  // The next one is the system's own: it ends us at once, and what was started goes on.
  process.off('SIGINT', interrupt);
  process.off('SIGTERM', interrupt);
};
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
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
  try {
    return await reader.question(question, { signal: controller.signal });
  } finally {
    reader.close();
  }
};

// Were there nothing left to wait for before it is done, that would be no success.
process.exitCode = 13;
void main({
  argv: process.argv.slice(2),
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  platform: process.platform,
  program: process.argv[1] ?? 'mpm-io',
  get ask() {
    return process.stdin.isTTY && process.stderr.isTTY ? ask : null; // stdin is opened by looking at it
  },
  signal: controller.signal,
  readerGone: readerGone.signal,
}).then((code) => {
  process.exitCode = broken ? 1 : code;
  // What a config or a plugin left open must not keep a finished command alive; nothing of ours is.
  // oxlint-disable-next-line unicorn/no-process-exit
  setTimeout(() => process.exit(), 2_000).unref();
});
