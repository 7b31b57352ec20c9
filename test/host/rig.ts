import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../test/fixtures/host/${name}`, import.meta.url));

export const temporaryFolder = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mpm-io-host-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** A child in a group of its own; the group is killed in the end. */
export const startChild = async (
  t: ExecutionContext,
  argv: readonly string[],
  options: { env?: Record<string, string>; cwd?: string; uid?: number; until?: string } = {},
): Promise<ChildProcess & { pid: number }> => {
  const { until, ...rest } = options;
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...rest,
  });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('not spawned');
  t.teardown(() => endGroup(pid));
  if (until !== undefined) await once(child.stdout, 'data');
  return Object.assign(child, { pid });
};

export const endGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ended already
  }
};

/** Asks until the answer is true; fails the test when it is not within 5 s. */
export const eventually = async (t: ExecutionContext, ask: () => boolean): Promise<void> => {
  const deadline = performance.now() + 5000;
  while (performance.now() < deadline) {
    if (ask()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  t.fail('It did not come true within 5 s.');
};

/** A TCP server on a free port that does what the handler says to every connection. */
export const serve = async (
  t: ExecutionContext,
  handle: (socket: Socket) => void,
  host = '127.0.0.1',
): Promise<{ port: number; server: Server }> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    handle(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, server };
};
