import type { Host } from '../host/host.js';
import {
  findAlive,
  identityOf,
  type Identity,
  isAlive,
  type ProcessRow,
  type ProcessTable,
} from '../model/process.js';
import { ancestorsOf, childrenOf } from '../model/tree.js';
import { describeProcess } from './describe.js';
import { isHelper } from './helper.js';
import type { ProcessScan } from './process-watch.js';
import { markerName } from './records.js';

/** What belongs to one launch, or to one process from outside (then there is neither helper nor marker). */
export type Scope = {
  readonly main: Identity | null;
  readonly helper: Identity | null;
  /** Value of the marker of this generation. */
  readonly marker: string | null;
};

export type Members = {
  readonly rows: readonly { readonly identity: Identity; readonly row: ProcessRow }[];
  /** Only inherited the marker or were started from it, and belong to somebody else. */
  readonly spared: readonly string[];
};

/**
 * Everything alive of a tree: what is in the helper's session, carries the marker of this generation, was known
 * before, or descends from any of these. The helper is never a member. What another unit or manager runs is left
 * out with all below it: a marker is inherited by everything, also by a tmux that was started from inside.
 */
export const findMembers = (
  host: Host,
  { table, marked: markedBy }: ProcessScan,
  scope: Scope,
  known: readonly Identity[],
): Members => {
  const marked = scope.marker === null ? [] : markedBy(scope.marker);
  const helper = scope.helper === null ? undefined : findAlive(table, scope.helper);
  const proven = [scope.main, ...known].flatMap((identity) =>
    identity === null ? [] : (findAlive(table, identity) ?? []),
  );
  const carriers = marked.flatMap((pid) => table.rows.get(pid) ?? []).filter(isAlive);
  const session = provenSession(table, scope.helper, helper, [...proven, ...carriers]);
  const inSession = session === null ? [] : [...table.rows.values()].filter((row) => row.session === session);
  const sentry = createSentry(host, table, scope, session);
  const below = helper === undefined ? [] : childrenOf(table, helper.pid);
  return collect(host, table, [...proven, ...inSession, ...below, ...carriers], helper, sentry);
};

/**
 * The helper's session, as long as it is the same one: a number is not given out again while a member of its
 * session lives, so one proven member vouches for the others.
 */
const provenSession = (
  table: ProcessTable,
  recorded: Identity | null,
  helper: ProcessRow | undefined,
  proven: readonly ProcessRow[],
): number | null => {
  if (recorded === null || recorded.boot !== table.boot) return null;
  if (helper !== undefined) return recorded.pid;
  const leader = table.rows.get(recorded.pid);
  if (leader !== undefined && leader.start !== recorded.start) return null;
  return proven.some((row) => row.session === recorded.pid) ? recorded.pid : null;
};

const collect = (
  host: Host,
  table: ProcessTable,
  roots: readonly ProcessRow[],
  helper: ProcessRow | undefined,
  sentry: Sentry,
): Members => {
  const rows = new Map<number, ProcessRow>();
  const spared = new Map<number, string>();
  const queue = [...roots];
  for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
    if (rows.has(row.pid) || row.pid === helper?.pid) continue;
    const barrier = sentry(row);
    if (barrier !== null) {
      if (isAlive(barrier)) spared.set(barrier.pid, describeProcess(host, barrier.pid));
      continue;
    }
    rows.set(row.pid, row);
    queue.push(...childrenOf(table, row.pid));
  }
  const alive = [...rows.values()].filter(isAlive);
  return {
    rows: alive.map((row) => ({ row, identity: identityOf(table, row) })),
    spared: [...spared.values()],
  };
};

/** The process because of which this one is not ours: itself or one above it; `null` when it is ours. */
type Sentry = (row: ProcessRow) => ProcessRow | null;

const createSentry = (host: Host, table: ProcessTable, scope: Scope, session: number | null): Sentry => {
  const own = scope.marker ?? markerOf(host, scope.main?.pid ?? 0);
  const isRoot = ({ pid }: ProcessRow): boolean => pid === scope.main?.pid || pid === scope.helper?.pid;
  const isOthers = (row: ProcessRow): boolean =>
    row.pid === process.pid ||
    (row.session !== session && (managers.test(row.comm) || belongsToOther(host, row, own)));
  /** A manager above counts only where it was started from inside: an orphan's new parent may be one as well. */
  const isKeeper = (row: ProcessRow): boolean =>
    row.session !== session && managers.test(row.comm) && own !== null && markerOf(host, row.pid) === own;
  return (row) => {
    if (isRoot(row)) return null;
    if (isOthers(row)) return row;
    for (const above of ancestorsOf(table, row.pid)) {
      if (isRoot(above) || above.pid <= 1) return null;
      if (isKeeper(above)) return above;
    }
    return null;
  };
};

const markerOf = (host: Host, pid: number): string | null =>
  host.processes.details(pid)?.environment?.[markerName] ?? null;

const belongsToOther = (host: Host, row: ProcessRow, own: string | null): boolean => {
  const details = host.processes.details(row.pid);
  const marker = details?.environment?.[markerName] ?? null;
  return (marker !== null && marker !== own) || isHelper(details?.argv ?? []);
};

/** Who keeps processes of others, by the name the kernel has; only in a session of their own. */
const managers =
  /^(?:tmux|screen|SCREEN|PM2 v|God Daemon|supervisord|systemd|\(sd-pam\)|dockerd|docker-proxy|containerd|conmon|podman|runsvdir|runsv|s6-svscan|s6-supervise|dinit|monit|launchd|sshd|cron|crond|mpm-io)/;
