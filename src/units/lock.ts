import { createServer, type Server } from 'node:net';
import { readlinkSync } from 'node:fs';
import type { Host } from '../host/host.js';
import { mpmError } from '../model/errors/index.js';
import { once } from '../model/once.js';
import type { Home } from './home.js';
import { takeLockFile } from './lock-file.js';

export type LockOptions = {
  /** How long to wait for another holder, ms. */
  readonly waitMs: number;
  /** Ends the wait at once, as its time would; nobody's turn that has begun. */
  readonly signal?: AbortSignal;
  /** What is told of us to those who wait. */
  readonly command?: string;
};

/** Bytes of an abstract name with its leading NUL: what every Node binds in full, so old and new exclude each other. */
const nameBytes = 108;
const retryMs = 4;

/** One stretch of holding the lock, in which several turns of this process may fall. */
export type Tenure = {
  /** When it began, monotonic: nobody else has changed anything since. */
  readonly since: number;
  /** Keeps the lock until this has settled; other turns of this process go on meanwhile. */
  linger(work: Promise<unknown>): void;
};

type Turn = {
  readonly options: LockOptions;
  /** When it was asked for, monotonic. */
  readonly since: number;
  run(tenure: Tenure): Promise<void>;
  /** Out of the line, without its turn. */
  fail(error: unknown): void;
};

/** After so long others get a chance, ms. */
const longestTenure = 400;
/** Longer than others wait between two tries, ms. */
const breather = 6;

const lines = new Map<string, Turn[]>();

/**
 * One writer of a home at a time, over all processes; inside one process, in the order of the calls. Turns that wait
 * for each other share one tenure: to take the lock costs more than most of them.
 * The kernel frees it whatever ends the holder. Not re-entrant: `fn` must not ask for it again.
 * @throws MPM_HOME_LOCKED when another process kept it for `waitMs` or until the signal fired, naming that process.
 */
export const withHomeLock = <T>(
  home: Home,
  host: Host,
  options: LockOptions,
  fn: (tenure: Tenure) => Promise<T> | T,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const { signal } = options;
    const giveUp = (): void => turn.fail(locked(home, host, turn));
    const leave = (): void => {
      signal?.removeEventListener('abort', giveUp);
      const line = lines.get(home.path) ?? [];
      if (line.includes(turn)) line.splice(line.indexOf(turn), 1);
    };
    const turn: Turn = {
      options,
      since: host.clock.monotonic(),
      run: async (tenure) => {
        leave();
        try {
          resolve(await fn(tenure));
        } catch (error) {
          reject(error);
        }
      },
      fail: (error) => {
        leave();
        reject(error);
      },
    };
    if (signal?.aborted === true) {
      giveUp();
      return;
    }
    signal?.addEventListener('abort', giveUp, { once: true });
    const line = lines.get(home.path);
    if (line !== undefined) line.push(turn);
    else void serve(home, host, turn);
  });

const locked = (home: Home, host: Host, { since }: Turn): Error => {
  const ms = Math.round(host.clock.monotonic() - since);
  return mpmError('HOME_LOCKED', { path: home.path, holder: holderOf(home, host), ms });
};

const serve = async (home: Home, host: Host, first: Turn): Promise<void> => {
  const line = [first];
  lines.set(home.path, line);
  for (;;) {
    await hold(home, host, line);
    if (line.length === 0) break;
    await host.clock.sleep(breather);
  }
  lines.delete(home.path);
};

const hold = async (home: Home, host: Host, line: readonly Turn[]): Promise<void> => {
  const release = await acquire(home, host, line);
  if (release === null) return;
  const [first] = line;
  if (first !== undefined) tellHolder(home, host, first.options.command);
  await serveTurns(host, line);
  try {
    await release();
  } catch {
    // A lock file that cannot be given up names us: it is taken over when we have gone.
  }
};

const serveTurns = async (host: Host, line: readonly Turn[]): Promise<void> => {
  const lingering = new Set<Promise<unknown>>();
  const tenure: Tenure = {
    since: host.clock.monotonic(),
    linger: (work) => {
      const settled: Promise<void> = work.then(
        () => void lingering.delete(settled),
        () => void lingering.delete(settled),
      );
      lingering.add(settled);
    },
  };
  const until = tenure.since + longestTenure;
  for (;;) {
    const turn = host.clock.monotonic() < until ? line[0] : undefined;
    if (turn !== undefined) await turn.run(tenure);
    else if (lingering.size > 0) await Promise.race(lingering);
    else return;
  }
};

/** For whoever stands first; `null` when everybody has left the line. */
const acquire = async (home: Home, host: Host, line: readonly Turn[]): Promise<Release | null> => {
  const take = host.platform === 'linux' ? takeSocket : takeLockFile;
  for (let first = line[0]; first !== undefined; first = line[0]) {
    try {
      home.prepare();
      const release = await take(home, host);
      if (release !== null) return release;
      const waited = host.clock.monotonic() - first.since;
      if (waited >= first.options.waitMs) first.fail(locked(home, host, first));
    } catch (error) {
      first.fail(error);
      continue;
    }
    await host.clock.sleep(retryMs);
  }
  return null;
};

type Release = () => Promise<void> | void;

const takeSocket = async (home: Home, host: Host): Promise<Release | null> => {
  const stat = host.files.stat(home.path);
  if (stat === null) throw mpmError('HOME_UNSAFE', { path: home.path, why: 'it has gone' });
  const server = await listen(`\0mpm-io/${stat.device}/${stat.inode}`.padEnd(nameBytes, '\0'));
  if (server === null) return null;
  const giveUpFile = takeFileBeside(home, host);
  if (giveUpFile === null) {
    await closed(server);
    return null;
  }
  return async () => {
    try {
      giveUpFile();
    } finally {
      await closed(server);
    }
  };
};

/**
 * An abstract name is one network namespace's, and a home may be used from several: the file is all of theirs. Where
 * the disk takes none (full, read-only), the socket alone must do: a stop needs the lock, too.
 */
const takeFileBeside = (home: Home, host: Host): (() => void) | null => {
  try {
    return takeLockFile(home, host, ownNetwork());
  } catch (error) {
    if (error instanceof Error && 'code' in error) return () => undefined;
    throw error;
  }
};

const ownNetwork = once((): string | null => {
  try {
    return readlinkSync('/proc/self/ns/net');
  } catch {
    return null; // no /proc: holders are judged by their identity
  }
});

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

/** Whoever took it has told so, unless it is no command of ours or not this user's. */
const holderOf = (home: Home, host: Host): string => {
  const read = host.files.readPlain(home.holder, 4096);
  const told = read.kind === 'text' ? toldBy(read.text) : null;
  if (told === null || host.processes.identify(told.pid) === null)
    return 'a process that has not told its name (look for mpm-io in /proc/net/unix; it may be another user’s)';
  return `${told.pid}${told.command === '' ? '' : ` (${told.command})`}`;
};

const toldBy = (text: string): { readonly pid: number; readonly command: string } | null => {
  try {
    const { pid, command } = JSON.parse(text) as { readonly pid?: unknown; readonly command?: unknown };
    return typeof pid === 'number' ? { pid, command: typeof command === 'string' ? command : '' } : null;
  } catch {
    return null; // half a hint is no hint
  }
};
