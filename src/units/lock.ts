import { createServer, type Server } from 'node:net';
import type { Host } from '../host/host.js';
import { mpmError } from '../model/errors/index.js';
import type { Home } from './home.js';
import { takeLockFile } from './lock-file.js';

export type LockOptions = {
  /** How long to wait for another holder, ms. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
  /** What is told of us to those who wait. */
  readonly command?: string;
};

/** Bytes of an abstract name with its leading NUL: what every Node binds in full, so old and new exclude each other. */
const nameBytes = 108;
const retryMs = 4;

const queues = new Map<string, Promise<unknown>>();

/**
 * One writer of a home at a time, over all processes; inside one process, in the order of the calls.
 * The kernel frees it whatever ends the holder. Not re-entrant: `fn` must not ask for it again.
 * @throws MPM_HOME_LOCKED when another process kept it for `waitMs`, naming that process.
 */
export const withHomeLock = async <T>(
  home: Home,
  host: Host,
  options: LockOptions,
  fn: () => Promise<T> | T,
): Promise<T> => {
  const before = queues.get(home.path) ?? Promise.resolve();
  const turn = before.then(() => holding(home, host, options, fn));
  const settled = turn.then(
    () => undefined,
    () => undefined,
  );
  queues.set(home.path, settled);
  try {
    return await turn;
  } finally {
    if (queues.get(home.path) === settled) queues.delete(home.path);
  }
};

const holding = async <T>(
  home: Home,
  host: Host,
  options: LockOptions,
  fn: () => Promise<T> | T,
): Promise<T> => {
  home.prepare();
  const release = await acquire(home, host, options);
  try {
    tellHolder(home, host, options.command);
    return await fn();
  } finally {
    await release();
  }
};

const acquire = async (home: Home, host: Host, options: LockOptions): Promise<() => Promise<void>> => {
  const take = host.platform === 'linux' ? takeSocket : takeLockFile;
  const since = host.clock.monotonic();
  for (;;) {
    const release = await take(home, host);
    if (release !== null) return release;
    if (host.clock.monotonic() - since >= options.waitMs || options.signal?.aborted === true) {
      throw mpmError('HOME_LOCKED', { path: home.path, holder: holderOf(home, host), ms: options.waitMs });
    }
    await host.clock.sleep(retryMs, options.signal);
  }
};

const takeSocket = async (home: Home, host: Host): Promise<(() => Promise<void>) | null> => {
  const stat = host.files.stat(home.path);
  if (stat === null) throw mpmError('HOME_UNSAFE', { path: home.path, why: 'it has gone' });
  const server = await listen(`\0mpm-io/${stat.device}/${stat.inode}`.padEnd(nameBytes, '\0'));
  return server === null ? null : () => closed(server);
};

/** `null` when somebody else has the name. */
const listen = (name: string): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(name, () => resolve(server));
  });

const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

const tellHolder = (home: Home, host: Host, command: string | undefined): void => {
  const told = lastTold.get(home.path);
  const text = JSON.stringify({ pid: process.pid, command: command ?? process.argv.slice(1).join(' ') });
  if (told === text && host.files.stat(home.holder) !== null) {
    const now = host.files.readPlain(home.holder, 4096);
    if (now.kind === 'text' && now.text === text) return;
  }
  try {
    host.files.writeAtomic(home.holder, text, 0o600, 'fast');
    lastTold.set(home.path, text);
  } catch {
    lastTold.delete(home.path); // a hint only: a full disk does not keep anybody from the lock
  }
};

const lastTold = new Map<string, string>();

const holderOf = (home: Home, host: Host): string => {
  const read = host.files.readPlain(home.holder, 4096);
  if (read.kind !== 'text') return 'another process';
  try {
    const value: unknown = JSON.parse(read.text);
    if (typeof value !== 'object' || value === null) return 'another process';
    const { pid, command } = value as { pid?: unknown; command?: unknown };
    if (typeof pid !== 'number') return 'another process';
    return `${pid}${typeof command === 'string' && command !== '' ? ` (${command})` : ''}`;
  } catch {
    return 'another process'; // half a hint is no hint
  }
};
