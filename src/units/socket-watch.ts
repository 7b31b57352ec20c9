import type { Host } from '../host/host.js';
import type { Identity } from '../model/process.js';
import type { Endpoint } from '../model/socket.js';
import type { ListenerWatch } from './ownership.js';

/** The listening sockets of a tree on its declared ports, by inode: a socket can outlive who opened it. */
export type SocketWatch = {
  /** Ports on which one of them listened at `since` (monotonic) or later; `null`: not looked at since, ask again. */
  open(since: number): readonly number[] | null;
};

export const createSocketWatch = (
  host: Host,
  listeners: ListenerWatch,
  endpoints: readonly Endpoint[],
  tree: readonly Identity[],
): SocketWatch => {
  const ports = new Set(endpoints.flatMap((endpoint) => (endpoint.kind === 'tcp' ? endpoint.port : [])));
  if (ports.size === 0) return { open: () => [] };
  const held = new Set(tree.flatMap(({ pid }) => host.sockets.ofProcess(pid) ?? []));
  return {
    open: (since) => {
      const { rows, current } = listeners(since);
      if (!current) return null;
      const open = rows.filter(({ port, inode }) => ports.has(port) && held.has(inode));
      return [...new Set(open.map(({ port }) => port))];
    },
  };
};
