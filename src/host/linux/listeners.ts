import { closeSync, openSync, readSync } from 'node:fs';
import type { Holder, Listener, ListenerTable } from '../../model/socket.js';
import { procLink, procNames, procPids, unlessBroken } from './proc-text.js';
import { parseSocketRow } from './socket-rows.js';

/** Every listening TCP socket of this network namespace. */
export const readListeners = (root: string): ListenerTable => {
  const rows = Object.freeze([...readTable(`${root}/net/tcp`), ...readTable(`${root}/net/tcp6`)]);
  let owners: ReadonlyMap<number, readonly number[]> | null = null;
  return {
    rows,
    holders: (port) => {
      const found = rows.filter((row) => row.port === port);
      if (found.length === 0) return [];
      owners ??= findOwners(root, new Set(rows.map(({ inode }) => inode)));
      return found.map((row): Holder => ({ ...row, pids: owners?.get(row.inode) ?? [] }));
    },
  };
};

/**
 * The kernel writes the listening sockets first (tcp_seq_start walks their table before that of the connections),
 * so reading ends with the block in which another kind turns up: with thousands of connections that saves nearly
 * everything. The whole block is looked at, and should a listener ever follow another kind in it, the order is not
 * what we think and all is read.
 */
const readTable = (path: string): readonly Listener[] => {
  const found: Listener[] = [];
  let others = false;
  let ordered = true;
  for (const block of readBlocks(path)) {
    for (const line of block) {
      const parsed = parseSocketRow(line);
      if (parsed === null) continue;
      if (!parsed.listens) {
        others = true;
        continue;
      }
      if (others) ordered = false;
      found.push(parsed.row);
    }
    if (others && ordered) break;
  }
  return found;
};

/**
 * Each read of the kernel is as small as a row: it looks for the next listener only when it is asked for it, and
 * whoever stops before the last one spares it the walk over the connections.
 */
export const someListener = (root: string, fits: (row: Listener) => boolean, first: 4 | 6): boolean => {
  const tables = first === 4 ? ['tcp', 'tcp6'] : ['tcp6', 'tcp'];
  for (const table of tables)
    for (const lines of readBlocks(`${root}/net/${table}`, rowBytes)) {
      const rows = lines.flatMap((line) => parseSocketRow(line) ?? []);
      if (rows.some(({ listens, row }) => listens && fits(row))) return true;
      if (rows.some(({ listens }) => !listens)) break;
    }
  return false;
};

/** A row of /proc/net/tcp is 150 bytes long, one of tcp6 somewhat longer. */
const rowBytes = 150;

/** The lines of a file, as many at a time as one read gives; none when there is no such table (IPv6 switched off). */
function* readBlocks(path: string, bytesAtOnce = blockBytes): Generator<readonly string[]> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    return unlessBroken(error, undefined); // this kernel has no such table
  }
  try {
    const buffer = Buffer.allocUnsafe(bytesAtOnce);
    let rest = '';
    for (let bytes = readSync(fd, buffer); bytes > 0; bytes = readSync(fd, buffer)) {
      const lines = (rest + buffer.toString('latin1', 0, bytes)).split('\n');
      rest = lines.pop() ?? '';
      yield lines;
      if (bytes < Math.min(bytesAtOnce, fullRead)) break;
    }
    yield [rest];
  } finally {
    closeSync(fd);
  }
}

const blockBytes = 16_384;

/**
 * The kernel fills a page with whole rows (seq_read): where another would have found room there is none, and to ask
 * it once more would only send it over all connections again.
 */
const fullRead = 4096 - 512;

/** One pass over all descriptors. Those of other users cannot be read: their sockets keep no visible owner. */
const findOwners = (root: string, inodes: ReadonlySet<number>): ReadonlyMap<number, readonly number[]> => {
  const owners = new Map<number, number[]>();
  for (const pid of procPids(root)) {
    for (const fd of procNames(`${root}/${pid}/fd`)) {
      const inode = socketInode(procLink(`${root}/${pid}/fd/${fd}`));
      if (inode === null || !inodes.has(inode)) continue;
      const pids = owners.get(inode) ?? [];
      if (!pids.includes(pid)) owners.set(inode, [...pids, pid]);
    }
  }
  return owners;
};

/** The sockets of one process. `null` when its descriptors are not visible to this user, or it is gone. */
export const readSocketsOf = (root: string, pid: number): readonly number[] | null => {
  const fds = procNames(`${root}/${pid}/fd`);
  if (fds.length === 0) return null;
  return fds.flatMap((fd) => socketInode(procLink(`${root}/${pid}/fd/${fd}`)) ?? []);
};

const socketInode = (link: string | null): number | null =>
  link !== null && link.startsWith('socket:[') ? Number(link.slice(8, -1)) : null;
