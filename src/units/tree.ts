import type { Host } from '../host/host.js';
import { type Identity, isStopped, sameIdentity } from '../model/process.js';
import { describeProcess } from './describe.js';
import { findMembers, type Members, type Scope } from './members.js';
import type { ProcessScan } from './process-watch.js';

/** A tree of processes that is being ended: what was ever seen of it is remembered by identity. */
export type Tree = {
  readonly scope: Scope;
  /** Looks over all processes for members, also new ones. */
  look(scan: ProcessScan): Members;
  /** Of those seen, whoever is still alive; reads only these. */
  alive(): readonly Identity[];
  spared(): readonly string[];
  /** Sends to each and wakes the frozen, which would never notice. */
  signal(targets: readonly Identity[], signal: string): SignalCount;
  describe(targets: readonly Identity[]): readonly string[];
};

type SignalCount = { readonly sent: number; readonly denied: number };

/** `alone`: what the main process left behind is not ours to end. */
export const createTree = (host: Host, scope: Scope, alone: boolean): Tree => {
  const seen = new Map<number, Identity>();
  const spared = new Set<string>();
  const isAlive = (identity: Identity): boolean => {
    const now = host.processes.identify(identity.pid);
    return now !== null && sameIdentity(now, identity);
  };
  return {
    scope,
    look: (scan) => {
      const members = findMembers(host, scan, scope, [...seen.values()]);
      const kept = alone ? members.rows.filter(({ identity }) => isMain(scope, identity)) : members.rows;
      for (const { identity } of kept) seen.set(identity.pid, identity);
      for (const text of members.spared) spared.add(text);
      return { ...members, rows: kept };
    },
    alive: () => [...seen.values()].filter(isAlive),
    spared: () => [...spared],
    signal: (targets, signal) => {
      const outcomes = targets.map((identity) => {
        const outcome = host.processes.signal(identity, signal);
        const row = outcome === 'sent' ? host.processes.row(identity.pid) : null;
        if (row !== null && isStopped(row) && signal !== 'SIGKILL')
          host.processes.signal(identity, 'SIGCONT');
        return outcome;
      });
      const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
      return { sent: count('sent'), denied: count('denied') };
    },
    describe: (targets) => targets.map(({ pid }) => describeProcess(host, pid) + stateWords(host, pid)),
  };
};

const isMain = (scope: Scope, identity: Identity): boolean =>
  scope.main !== null && sameIdentity(scope.main, identity);

const stateWords = (host: Host, pid: number): string =>
  host.processes.row(pid)?.state === 'D' ? ' (waits for the kernel and cannot be ended now)' : '';
