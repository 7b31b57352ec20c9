import type { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { AppLike, Manageable } from './contract.js';

/** What Socket.IO shows of itself and we use; `httpServer` and `engine` appear when it is attached. */
export type SocketIo = {
  httpServer?: Server;
  engine?: EventEmitter & {
    readonly clientsCount: number;
    readonly clients: Readonly<Record<string, { close(): void }>>;
  };
  readonly _nsps: ReadonlyMap<string, Namespace>;
  attach(...parameters: readonly unknown[]): unknown;
  on(event: 'new_namespace', listener: (namespace: Namespace) => void): unknown;
  off(event: 'new_namespace', listener: (namespace: Namespace) => void): unknown;
  close(): Promise<void>;
};

export type Namespace = {
  readonly name: string;
  readonly sockets: ReadonlyMap<string, unknown>;
  readonly adapter: {
    readonly rooms: ReadonlyMap<string, unknown>;
    readonly sids: ReadonlyMap<string, unknown>;
  };
  on(event: 'connection', listener: (socket: NamespaceSocket) => void): unknown;
  off(event: 'connection', listener: (socket: NamespaceSocket) => void): unknown;
};

export type NamespaceSocket = { onAny(listener: () => void): unknown };

/** What was handed to `manage`. */
export type Target = {
  /** `null`: Socket.IO that is not attached to a port yet. */
  readonly server: Server | null;
  readonly io: SocketIo | null;
  readonly app: AppLike | null;
};

/** @throws {TypeError} with what to pass instead. */
export const targetOf = (given: Manageable): Target => {
  const thing: unknown = given;
  if (isSocketIo(thing)) return { server: thing.httpServer ?? null, io: thing, app: null };
  if (isHttpServer(thing)) return { server: thing, io: null, app: null };
  if (isApp(thing)) return { server: thing.server, io: null, app: thing };
  throw new TypeError(
    'manage() takes a Socket.IO server, a node http or https server, or a fastify app. With express pass what app.listen() returned.',
  );
};

/** Calls back with the http server now, or when Socket.IO is attached to one. */
export const whenAttached = (target: Target, attached: (server: Server) => void): (() => void) => {
  const { server, io } = target;
  const nothing = (): void => undefined;
  if (server !== null) attached(server);
  if (server !== null || io === null) return nothing;
  const attach = io.attach.bind(io);
  const restore = (): void => void Reflect.deleteProperty(io, 'attach');
  io.attach = (...parameters) => {
    const result = attach(...parameters);
    if (io.httpServer !== undefined) {
      restore();
      attached(io.httpServer);
    }
    return result;
  };
  return restore;
};

const has = (thing: unknown, ...methods: readonly string[]): boolean =>
  thing !== null &&
  (typeof thing === 'object' || typeof thing === 'function') &&
  methods.every((method) => typeof (thing as Record<string, unknown>)[method] === 'function');

const isSocketIo = (thing: unknown): thing is SocketIo =>
  has(thing, 'of', 'attach', 'close', 'on') && (thing as Partial<SocketIo>)._nsps instanceof Map;

const isHttpServer = (thing: unknown): thing is Server =>
  has(thing, 'listen', 'close', 'address', 'emit', 'setTimeout');

const isApp = (thing: unknown): thing is AppLike =>
  has(thing, 'close') && isHttpServer((thing as Partial<AppLike>).server);
