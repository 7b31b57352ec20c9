import type { Sockets } from '../../host/host.js';
import { localAddresses } from '../../host/local-addresses.js';
import { isAlive, isStopped } from '../../model/process.js';
import type { Holder, Listener } from '../../model/socket.js';
import type { Entry } from './entry.js';
import type { FakeListen } from './setup.js';

export type FakeSockets = {
  readonly sockets: Sockets;
  /** A listener that nobody visible holds: another user's, a container's. */
  addForeign(listen: FakeListen, uid: number): void;
  /** `closed` when somebody listened there once and no longer does; `frozen` when all who do are stopped. */
  readonly stateOf: (port: number) => 'open' | 'frozen' | 'closed' | 'unused';
};

type Options = {
  readonly entries: ReadonlyMap<number, Entry>;
  readonly usedPorts: ReadonlySet<number>;
  readonly uid: number;
  readonly isSocketFile: (path: string) => boolean;
};

/** Listening sockets of the fake processes; they close when their process ends. */
export const createFakeSockets = ({ entries, usedPorts, uid, isSocketFile }: Options): FakeSockets => {
  const foreign: Holder[] = [];
  const holders = (): readonly Holder[] => {
    const owned = [...entries.values()].filter(({ row }) => isAlive(row)).flatMap(ownListeners);
    return [...merge(owned), ...foreign];
  };
  const ownListeners = (entry: Entry): readonly Holder[] =>
    entry.listens.map((listen) => ({
      ...listenerOf(listen, entry.uid),
      pids: uid === 0 || entry.uid === uid ? [entry.row.pid] : [],
    }));
  const at = (port: number): readonly Holder[] => holders().filter((holder) => holder.port === port);

  return {
    addForeign: (listen, owner) => {
      foreign.push({ ...listenerOf(listen, owner), pids: [] });
    },
    stateOf: (port) => {
      const found = at(port);
      if (found.length === 0) return usedPorts.has(port) ? 'closed' : 'unused';
      const rows = found.flatMap(({ pids }) => pids.map((pid) => entries.get(pid)?.row));
      return rows.length > 0 && rows.every((row) => row !== undefined && isStopped(row)) ? 'frozen' : 'open';
    },
    sockets: {
      listeners: () => {
        const taken = holders();
        return {
          rows: taken.map(({ pids: _pids, ...row }) => Object.freeze(row)),
          holders: (port) => taken.filter((holder) => holder.port === port),
        };
      },
      someListener: (fits) => holders().some(({ pids: _pids, ...row }) => fits(row)),
      ofProcess: (pid) => {
        const entry = entries.get(pid);
        if (entry === undefined || (uid !== 0 && entry.uid !== uid)) return null;
        return ownListeners(entry).map(({ inode }) => inode);
      },
      bindable: async (port, host) => {
        const hosts = host === null || host === '' ? ['0.0.0.0', '::'] : localAddresses(host);
        if (hosts.some((name) => at(port).some(({ address }) => clash(name, address)))) return 'taken';
        return port > 0 && port < 1024 && uid !== 0 ? 'denied' : 'free';
      },
      connect: async (target) => {
        if ('path' in target) return isSocketFile(target.path) ? 'open' : 'refused';
        const names = localAddresses(target.host);
        return names.some((name) => at(target.port).some(({ address }) => reaches(name, address)))
          ? 'open'
          : 'refused';
      },
    },
  };
};

const listenerOf = ({ port, address = '127.0.0.1' }: FakeListen, uid: number): Listener => ({
  family: address.includes(':') ? 6 : 4,
  address,
  port,
  inode: inodeOf(`${address} ${port}`),
  uid,
});

/** One number for one address and port: who listens on the same shares the socket, as forked workers do. */
const inodeOf = (text: string): number =>
  Array.from(text).reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1_000_000_007, 7);

const merge = (owned: readonly Holder[]): readonly Holder[] => {
  const byInode = new Map<number, Holder>();
  for (const holder of owned) {
    const pids = [...(byInode.get(holder.inode)?.pids ?? []), ...holder.pids];
    byInode.set(holder.inode, { ...holder, pids });
  }
  return [...byInode.values()];
};

const clash = (wanted: string, bound: string): boolean =>
  wanted === bound || wanted === '::' || bound === '::' || sameFamilyWildcard(wanted, bound);

const sameFamilyWildcard = (a: string, b: string): boolean =>
  (a === '0.0.0.0' && !b.includes(':')) || (b === '0.0.0.0' && !a.includes(':'));

const reaches = (host: string, bound: string): boolean =>
  host === bound || bound === '::' || (bound === '0.0.0.0' && !host.includes(':'));
