import type { EventEmitter } from 'node:events';
import type { Namespace, NamespaceSocket, SocketIo } from './target.js';

export type SocketIoCounts = {
  readonly clients: number;
  readonly served: number;
  readonly events: number;
  readonly errors: number;
  namespaces(): readonly { readonly name: string; readonly sockets: number; readonly rooms: number }[];
  release(): void;
};

/** Counts what Socket.IO tells of itself: clients of the engine, events of every namespace, now and later ones. */
export const countSocketIo = (io: SocketIo): SocketIoCounts => {
  const counts = { served: 0, events: 0, errors: 0 };
  const undo: (() => void)[] = [];

  const event = (): void => {
    counts.events++;
  };
  const joined = (socket: NamespaceSocket): void => {
    socket.onAny(event);
  };
  const watch = (namespace: Namespace): void => {
    namespace.on('connection', joined);
    undo.push(() => namespace.off('connection', joined));
  };
  for (const namespace of io._nsps.values()) watch(namespace);
  io.on('new_namespace', watch);
  undo.push(() => io.off('new_namespace', watch));

  const { engine } = io;
  if (engine !== undefined) undo.push(...countEngine(engine, counts));

  return {
    get clients() {
      return io.engine?.clientsCount ?? 0;
    },
    get served() {
      return counts.served;
    },
    get events() {
      return counts.events;
    },
    get errors() {
      return counts.errors;
    },
    namespaces: () => [...io._nsps.values()].map(sizeOf),
    release: () => {
      for (const step of undo) step();
    },
  };
};

const countEngine = (
  engine: EventEmitter,
  counts: { served: number; errors: number },
): readonly (() => void)[] => {
  const served = (): void => {
    counts.served++;
  };
  const refused = (): void => {
    counts.errors++;
  };
  engine.on('connection', served);
  engine.on('connection_error', refused);
  return [() => engine.off('connection', served), () => engine.off('connection_error', refused)];
};

/** Every socket has a room of its own, which nobody means when they say room. */
const sizeOf = (namespace: Namespace): { name: string; sockets: number; rooms: number } => {
  const { rooms, sids } = namespace.adapter;
  const own = [...sids.keys()].filter((id) => rooms.has(id)).length;
  return { name: namespace.name, sockets: namespace.sockets.size, rooms: rooms.size - own };
};
