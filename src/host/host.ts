import type { Command } from '../model/probe.js';
import type { Identity, ProcessDetails, ProcessRow, ProcessTable } from '../model/process.js';
import type { Listener, ListenerTable } from '../model/socket.js';

/**
 * The only door to the operating system. Everything above it takes a `Host`; tests hand in a fake one.
 * Nothing here throws for what is merely absent: a process that is gone is `null`, a file that is missing is a value.
 */
export type Host = {
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly user: User;
  readonly processes: Processes;
  readonly sockets: Sockets;
  readonly files: Files;
  readonly http: Http;
  /** Runs a program to its end, with no shell unless the command is a shell line. Never rejects. */
  run(command: Command, options: RunOptions): Promise<RunResult>;
  /** Starts a detached session leader; resolves once it exists. */
  spawnDetached(request: SpawnRequest): Promise<SpawnResult>;
};

export type Clock = {
  /** Epoch, ms. */
  now(): number;
  /** Never jumps, ms. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal fires; never rejects. Keeps the event loop alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export type User = { readonly uid: number; readonly name: string; readonly home: string };

export type Processes = {
  /** One pass over all processes. */
  table(): ProcessTable;
  /** One process, read now; `null` also for the number of a mere thread. */
  row(pid: number): ProcessRow | null;
  /** Its identity, read now; `null` when it is gone or a zombie. */
  identify(pid: number): Identity | null;
  details(pid: number): ProcessDetails | null;
  /**
   * The direct children of one process, read now; cheaper than a table where the kernel keeps the list. It may lack
   * a sibling of a child that ends meanwhile: whoever must not miss one takes a table.
   */
  children(pid: number): readonly number[];
  /** PIDs whose environment has this exact `NAME=value`. */
  withEnvironment(name: string, value: string): readonly number[];
  /** The value of one environment variable by the PID of who has it, of all processes in one pass. */
  variables(name: string): ReadonlyMap<number, string>;
  /**
   * Is `boot` (of an identity) another PID namespace of this very boot that is known to live? False also where that
   * cannot be known, as between two containers.
   */
  livesElsewhere(boot: string): boolean;
  /** The identity is read again right before the signal: what has changed is not signalled. */
  signal(identity: Identity, signal: string): SignalOutcome;
};

export type SignalOutcome = 'sent' | 'gone' | 'denied';

export type Sockets = {
  /** Every listening TCP socket of this network namespace; owners are looked up on the first question. */
  listeners(): ListenerTable;
  /**
   * Does a listening socket fit? Read on only until one does: who is there costs far less than who is not, for which
   * the kernel walks its whole table of connections. `first` is the family in which it is expected.
   */
  someListener(fits: (row: Listener) => boolean, first: 4 | 6): boolean;
  /** Inodes of the sockets that one process has open; `null` when this user may not see them. For one process much cheaper than owners. */
  ofProcess(pid: number): readonly number[] | null;
  /** Asks the kernel by binding; without a host, in both families. `taken` without a visible holder: somebody else's, or another namespace's. */
  bindable(port: number, host: string | null): Promise<'free' | 'taken' | 'denied' | 'no-address'>;
  /** Can a connection be made within `timeout` ms? */
  connect(
    target: { port: number; host: string } | { path: string },
    timeout: number,
  ): Promise<'open' | 'refused' | 'timeout'>;
};

export type FileRead =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly uid: number;
      readonly mode: number;
      readonly mtimeMs: number;
    }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'refused';
      /** Why it was not read: never followed, never blocked on. */
      readonly why: 'symlink' | 'not-a-file' | 'too-large' | 'unreadable';
      readonly text: string;
    };

export type Files = {
  /**
   * Reads a plain file of at most `maxBytes` without following a symlink in its last part, and without blocking
   * on a FIFO or a device.
   */
  readPlain(path: string, maxBytes: number): FileRead;
  /** Follows links: for files the user named himself. `null` when there is none. */
  readText(path: string): string | null;
  /** Temporary file, fsync, rename; the folder is made. `fast` leaves out fsync: whole or old after a crash of ours, not after a power cut. */
  writeAtomic(path: string, text: string, mode?: number, durability?: 'durable' | 'fast'): void;
  /** Forces a file and its place in the folder to the disk, off the event loop; what is not there or cannot be is passed over. */
  flush(path: string): Promise<void>;
  /** The bytes from `from` on, at most `maxBytes`, of a file that may be growing, with its size now. `null` when there is none. */
  readRange(
    path: string,
    from: number,
    maxBytes: number,
  ): { readonly text: string; readonly size: number } | null;
  /** Removes a file; true when there was one. */
  remove(path: string): boolean;
  stat(path: string): FileStat | null;
  list(folder: string): readonly string[];
  /** May this user execute it? Follows links. */
  executable(path: string): 'yes' | 'no' | 'missing';
  makeFolder(path: string, mode?: number): void;
  /** Removes a folder with everything in it; links are removed, never followed. */
  removeTree(folder: string): void;
  /** May other users than its owner and root put a file there? The folder of `path` and those above it. */
  writableByOthers(path: string): boolean;
};

export type FileStat = {
  readonly kind: 'file' | 'folder' | 'symlink' | 'socket' | 'fifo' | 'other';
  readonly uid: number;
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  readonly device: number;
};

export type HttpRequest = {
  readonly method: string;
  /** `http://` or `https://`; or, with `socketPath`, any host. */
  readonly url: string;
  readonly socketPath?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Total, from connecting to the last byte, ms. */
  readonly timeout: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
};

/** Redirects are never followed, bodies are read up to `maxBytes`, connections are not kept. */
export type HttpAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | {
      readonly kind: 'none';
      /** `timeout`: connected and silent or too slow. `too-large`: more than `maxBytes`. */
      readonly why: 'refused' | 'timeout' | 'reset' | 'too-large' | 'malformed' | 'aborted';
      readonly text: string;
    };

export type Http = { request(request: HttpRequest): Promise<HttpAnswer> };

export type RunOptions = {
  readonly cwd?: string;
  /** Added to the host's own environment and to LC_ALL=C. */
  readonly env?: Readonly<Record<string, string>>;
  /** When it is over the whole group is killed, ms. */
  readonly timeout: number;
  /** Of each output; more ends the program as a deadline does. */
  readonly maxBytes?: number;
  readonly input?: string;
  readonly signal?: AbortSignal;
};

export type RunResult =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | {
      readonly kind: 'killed';
      readonly signal: string;
      readonly timedOut: boolean;
      readonly stdout: string;
      readonly stderr: string;
    }
  /** Never started: no such program or folder, or it may not be executed. */
  | { readonly kind: 'missing'; readonly text: string };

export type SpawnRequest = {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Opened for append (made when missing, 0600), or `null` for /dev/null; in the order of fd 1, 2, 3. */
  readonly outputs: readonly (string | null)[];
  /** A file to read fd 0 from; `null` for /dev/null. */
  readonly input: string | null;
};

export type SpawnResult =
  | { readonly kind: 'spawned'; readonly pid: number }
  | { readonly kind: 'failed'; readonly code: string; readonly text: string };
