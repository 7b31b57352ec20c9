import type { Server } from 'node:http';
import { pause, within } from './within.js';
import type { AppLike } from './contract.js';
import type { SocketIo } from './target.js';
import type { Traffic } from './intercept.js';

type Open = {
  readonly server: Server;
  readonly io: SocketIo | null;
  readonly app: AppLike | null;
  readonly traffic: Traffic;
};

/** How often idle connections are looked for while the last requests end. */
const sweepEvery = 50;
/** For clients to take what is still buffered for them. */
const flushTime = 1000;

/**
 * Closes every Socket.IO connection so that its client comes back by itself (the connection is closed, not the socket, for `disconnectSockets`
 * would be final), stops accepting, and lets running requests end. What is left after `milliseconds` is cut.
 * @returns how many connections had to be cut, and what failed.
 */
export const closeConnections = async (
  open: Open,
  milliseconds: number,
): Promise<{ readonly cut: number; readonly failures: readonly string[] }> => {
  const { server, traffic } = open;
  traffic.endKeepAlive();
  let sweep: NodeJS.Timeout | undefined;
  const close = async (): Promise<void> => {
    await flushClients(open.io, milliseconds);
    sweep = setInterval(() => server.closeIdleConnections(), sweepEvery);
    await Promise.all([stopped(open), open.io?.engine === undefined ? undefined : open.io.close()]);
  };
  const failure = await within('closing', close, milliseconds);
  clearInterval(sweep);
  const left = [...traffic.sockets].filter((socket) => !socket.destroyed);
  for (const socket of left) socket.destroy();
  server.closeAllConnections();
  return { cut: left.length, failures: failure === null || left.length > 0 ? [] : [failure] };
};

/** An application that closes by itself closes its server too, and runs its own hooks. */
const stopped = async ({ server, app }: Open): Promise<void> => {
  if (app !== null) {
    await app.close();
    return;
  }
  await new Promise<void>((resolve) => {
    // An error says that it was not listening: then there is nothing to wait for.
    server.close(() => resolve());
    server.closeIdleConnections();
  });
};

/**
 * `close()` of one connection sends what is buffered first; `io.close()` would throw it away. Still accepting, for who polls must come
 * back to fetch it; a client that connects meanwhile is closed with the rest.
 */
const flushClients = async (io: SocketIo | null, milliseconds: number): Promise<void> => {
  if (io === null || io.engine === undefined) return;
  const until = performance.now() + Math.min(flushTime, milliseconds / 2);
  for (const client of Object.values(io.engine.clients)) client.close();
  while (io.engine.clientsCount > 0 && performance.now() < until) await pause(10);
};
