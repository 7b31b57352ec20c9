/**
 * What `start all` is held against: spawns the same servers detached, each to a log file of its own, waits until every
 * port is open, and leaves them running. Arguments: folder, then the ports. Prints their PIDs.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const server = fileURLToPath(new URL('server.mjs', import.meta.url));
const patience = 60_000;
const pause = 10;

const spawnServer = (folder, port) => {
  const out = openSync(join(folder, `${port}.out.log`), 'a');
  const err = openSync(join(folder, `${port}.err.log`), 'a');
  const child = spawn(process.execPath, [server], {
    detached: true,
    stdio: ['ignore', out, err],
    env: { ...process.env, PORT: String(port) },
  });
  child.unref();
  closeSync(out);
  closeSync(err);
  return child.pid;
};

const isOpen = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (open) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });

const untilOpen = async (port) => {
  const deadline = performance.now() + patience;
  while (!(await isOpen(port))) {
    if (performance.now() > deadline) throw new Error(`nobody listens on port ${port}`);
    await sleep(pause);
  }
};

const [folder, ...ports] = process.argv.slice(2);
const pids = ports.map((port) => spawnServer(folder, Number(port)));
await Promise.all(ports.map((port) => untilOpen(Number(port))));
process.stdout.write(`${JSON.stringify(pids)}\n`);
