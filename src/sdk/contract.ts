import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';

/** A Socket.IO server, told by its shape: any 4.x with any event types fits, and nothing of the library is loaded. */
export type SocketIoLike = {
  readonly engine: object;
  of(name: string): unknown;
  close(): Promise<void>;
};

/** An application that holds its node server and closes by itself, as fastify does. */
export type AppLike = { readonly server: HttpServer | HttpsServer; close(): unknown };

export type Manageable = SocketIoLike | HttpServer | HttpsServer | AppLike;

/** A path, or `null`: not answered. */
export type Paths = {
  readonly health: string | null;
  readonly ready: string | null;
  readonly stats: string | null;
  readonly version: string | null;
  readonly compatibility: string | null;
  readonly shutdown: string | null;
};

/** Fails by throwing, by answering `false`, or by taking too long; `signal` then fires. */
export type Check = (signal: AbortSignal) => unknown;

export type ShutdownCause = {
  readonly kind: 'signal' | 'http' | 'call';
  readonly signal: NodeJS.Signals | null;
};

export type ShutdownHook = (cause: ShutdownCause) => unknown;

export type ManageOptions = {
  /** By default the name mpm-io knows the server by, else the script's. */
  readonly name?: string;
  readonly version?: string;
  /** By default `name:instance` under mpm-io, else the name with a random end. */
  readonly id?: string;
  /** `manual`: `/ready` answers 503 until `managed.ready()`. */
  readonly ready?: 'listening' | 'manual';
  /** Goes before every path. */
  readonly prefix?: string;
  readonly paths?: Partial<Paths>;
  /** Oldest and newest client that fit, both included; `2` as the newest takes every 2.x. */
  readonly minClient?: string;
  readonly maxClient?: string;
  readonly checks?: Readonly<Record<string, Check>>;
  readonly checkPolicy?: Partial<CheckPolicy>;
  /** A longer pause of the event loop makes the server `degraded`, ms. */
  readonly stallLimit?: number;
  /** Clients are still connected: say goodbye, tell a load balancer. */
  readonly onDrain?: ShutdownHook | readonly ShutdownHook[];
  /** Nobody is connected any more: close the database. */
  readonly onShutdown?: ShutdownHook | readonly ShutdownHook[];
  /** Time between `/ready` turning 503 and the end of accepting, ms. */
  readonly drainDelay?: number;
  /** For the whole shutdown, ms. */
  readonly timeout?: number;
  readonly signals?: readonly NodeJS.Signals[];
  /** `false`: closes everything and leaves the end of the process to the application. */
  readonly exit?: boolean;
  /** Where the shutdown token goes, instead of `MPM_IO_HOME` or `~/.mpm-io`. */
  readonly home?: string;
};

export type CheckPolicy = {
  readonly interval: number;
  readonly timeout: number;
  /** So many failures of one check within `window` ms make the server `unhealthy`. */
  readonly failures: number;
  readonly window: number;
  /** How long a check rests after that before it is tried again, ms. */
  readonly rest: number;
};

export type Status = 'starting' | 'healthy' | 'degraded' | 'unhealthy' | 'draining';

export type CheckState = {
  readonly ok: boolean | null;
  readonly consecutive_failures: number;
  readonly circuit: 'closed' | 'open';
  readonly error: string | null;
  readonly milliseconds: number | null;
};

/** What `/health` answers. */
export type Health = {
  readonly status: Status;
  readonly manager: 'mpm-io';
  readonly name: string;
  readonly server_id: string;
  readonly pid: number;
  readonly version: string | null;
  readonly uptime_seconds: number;
  readonly start_time: string;
  readonly timestamp: string;
  readonly port: number | null;
  readonly host: string | null;
  readonly clients_connected: number;
  /** The path that takes `POST` with the token; `null` when it is not offered. */
  readonly shutdown: string | null;
  readonly reasons: readonly string[];
  readonly checks: Readonly<Record<string, CheckState>>;
};

export type Compatibility = {
  readonly compatible: boolean;
  readonly server_version: string | null;
  readonly client_version: string;
  readonly min_client: string | null;
  readonly max_client: string | null;
  readonly warnings: readonly string[];
};

export type ShutdownReport = {
  readonly cause: ShutdownCause;
  /** Connections that had to be cut. */
  readonly cut: number;
  /** Hooks that threw or took too long. */
  readonly failures: readonly string[];
};

export type Managed = {
  readonly name: string;
  readonly id: string;
  readonly status: Status;
  /** Resolves once everything is closed, or released. */
  readonly closed: Promise<ShutdownReport>;
  /** Ready to serve: `/ready` answers 200. */
  readonly ready: () => void;
  /** Not ready for a while, for the reason that `/ready` then tells. */
  readonly notReady: (reason: string) => void;
  readonly health: () => Health;
  readonly stats: () => object;
  /** @throws {TypeError} when `clientVersion` is no version. */
  readonly compatible: (clientVersion: string) => Compatibility;
  /** The same as a SIGTERM. */
  readonly shutdown: () => Promise<ShutdownReport>;
  /** Takes everything back: the server runs on, unmanaged. */
  readonly release: () => void;
};
