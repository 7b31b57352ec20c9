import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What goes on at a server's port, as long as it is watched. */
export type Traffic = {
  /** Open connections, upgraded ones too. */
  readonly sockets: ReadonlySet<Socket>;
  readonly requests: number;
  /** Answers with a status of 500 and above. */
  readonly failed: number;
  /** Every connection since. */
  readonly connections: number;
  /** From now on every answer ends its connection. */
  endKeepAlive(): void;
  release(): void;
};

/**
 * Sees each request before the application does, whatever listeners it adds or wraps, now or later: a listener of ours
 * would be one among many, and Socket.IO takes all of them away when it is attached. `answer` says whether it took the request.
 */
export const intercept = (
  server: Server,
  answer: (request: IncomingMessage, response: ServerResponse) => boolean,
): Traffic => {
  const sockets = new Set<Socket>();
  const counts = { requests: 0, failed: 0, connections: 0 };
  let keepAlive = true;

  const opened = (socket: Socket): void => {
    counts.connections++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const finished = function (this: ServerResponse): void {
    if (this.statusCode >= 500) counts.failed++;
  };

  const before = Object.getOwnPropertyDescriptor(server, 'emit');
  const emit = server.emit.bind(server) as (event: string, ...rest: unknown[]) => boolean;
  const ours = (event: string, ...rest: unknown[]): boolean => {
    if (event === 'request') {
      const [request, response] = rest as [IncomingMessage, ServerResponse];
      if (!keepAlive) response.shouldKeepAlive = false;
      if (answer(request, response)) return true;
      counts.requests++;
      response.once('finish', finished);
    }
    return emit(event, ...rest);
  };
  server.emit = ours as Server['emit'];
  server.on('connection', opened);

  return {
    sockets,
    get requests() {
      return counts.requests;
    },
    get failed() {
      return counts.failed;
    },
    get connections() {
      return counts.connections;
    },
    endKeepAlive: () => {
      keepAlive = false;
    },
    release: () => {
      server.off('connection', opened);
      if (server.emit !== ours) return;
      if (before === undefined) Reflect.deleteProperty(server, 'emit');
      else Object.defineProperty(server, 'emit', before);
    },
  };
};
