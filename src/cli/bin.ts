import { createInterface } from 'node:readline/promises';
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
// A reader that went away (`| head`) ends the output, not the work.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    controller.abort('EPIPE');
  });

const ask = async (question: string): Promise<string> => {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question, { signal: controller.signal });
  } finally {
    reader.close();
  }
};

process.exitCode = await main({
  argv: process.argv.slice(2),
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  platform: process.platform,
  program: process.argv[1] ?? 'mpm-io',
  ask: process.stdin.isTTY && process.stderr.isTTY ? ask : null,
  signal: controller.signal,
});

// A config or plugin that left a timer or socket behind must not keep a finished command alive. Nothing of ours is open by now.
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2_000).unref();
