import type { Host } from '../host/host.js';
import type { Identity } from '../model/process.js';
import type { Listener } from '../model/socket.js';
import { describeProcess } from './describe.js';
import { answersFor } from './port-holder.js';
import { markerName } from './records.js';

/**
 * The listening sockets, shared by all who wait. The kernel walks its whole table of connections for each read (some
 * ms, however few there are), so the reads together take no more than a small part of the time.
 */
export type ListenerWatch = (since: number) => {
  readonly rows: readonly Listener[];
  /** Read at `since` (monotonic) or later: what is missing was not there. */
  readonly current: boolean;
};

/** So many times as long as a read took it is left alone. */
const rest = 6;

export const createListenerWatch = (host: Host): ListenerWatch => {
  let rows: readonly Listener[] = [];
  let taken = Number.NEGATIVE_INFINITY;
  let next = Number.NEGATIVE_INFINITY;
  return (since) => {
    const now = host.clock.monotonic();
    if (taken < since && now >= next) {
      rows = host.sockets.listeners().rows;
      taken = now;
      const done = host.clock.monotonic();
      next = done + (done - now) * rest;
    }
    return { rows, current: taken >= since };
  };
};

export type Owner =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'ours' }
  /** Open, but by whom is not shown to this user. */
  | { readonly kind: 'hidden' }
  /** The sockets have not been looked at since: ask again. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'foreign'; readonly holder: string };

export type OwnerFacts = {
  readonly port: number;
  readonly host: string | null;
  readonly main: Identity;
  /** An answer that is older (monotonic) proves no absence. */
  readonly since: number;
  /** Markers of processes that may hold it: this generation, or any instance that shares the port. */
  readonly isMarkedOurs: (marker: string) => boolean;
};

/**
 * Who listens on the port of a unit. The cheap questions first: is anybody there, is it one of this unit's own few
 * processes. Only a port that turns out to be somebody else's costs a look at all descriptors.
 */
export const findOwner = (host: Host, watch: ListenerWatch, facts: OwnerFacts): Owner => {
  const isOnPort = (row: Listener): boolean => row.port === facts.port && answersFor(row, facts.host);
  const own = socketsBelow(host, facts.main.pid);
  const isOwn = (row: Listener): boolean => own.has(row.inode) && isOnPort(row);
  // Without a declared address most programs listen on the wildcard of IPv6, which takes IPv4 along.
  if (own.size > 0 && host.sockets.someListener(isOwn, facts.host?.includes('.') === true ? 4 : 6))
    return { kind: 'ours' };
  const seen = watch(facts.since);
  const rows = seen.rows.filter(isOnPort);
  if (!seen.current) return { kind: 'unknown' };
  if (rows.length === 0) return { kind: 'nobody' };
  const holders = host.sockets.listeners().holders(facts.port);
  const pids = [...new Set(holders.filter(isOnPort).flatMap((row) => row.pids))];
  if (pids.length === 0) return { kind: 'hidden' };
  const below = new Set(pidsBelow(host, facts.main.pid));
  const isOurs = (pid: number): boolean => {
    const marker = host.processes.details(pid)?.environment?.[markerName];
    return below.has(pid) || (marker !== undefined && facts.isMarkedOurs(marker));
  };
  if (pids.some(isOurs)) return { kind: 'ours' };
  return { kind: 'foreign', holder: pids.map((pid) => describeProcess(host, pid)).join(', ') };
};

/** The ports on which a unit really listens. */
export const portsOf = (host: Host, watch: ListenerWatch, main: Identity): readonly number[] => {
  const own = socketsBelow(host, main.pid);
  const { rows } = watch(host.clock.monotonic());
  return [...new Set(rows.flatMap(({ inode, port }) => (own.has(inode) ? port : [])))];
};

const socketsBelow = (host: Host, pid: number): ReadonlySet<number> =>
  new Set(pidsBelow(host, pid).flatMap((each) => host.sockets.ofProcess(each) ?? []));

const pidsBelow = (host: Host, pid: number): readonly number[] => {
  const found = [pid];
  for (const each of found) {
    for (const child of host.processes.children(each)) if (!found.includes(child)) found.push(child);
  }
  return found;
};
