import { readFileSync } from 'node:fs';
import { isAlive, type Identity, type ProcessRow, type ProcessTable } from '../../model/process.js';
import type { Clock, Processes } from '../host.js';
import { signalProcess } from '../signal-process.js';
import { readDetails } from './details.js';
import { readKernelFacts, type KernelFacts } from './kernel-facts.js';
import { livesElsewhere } from './namespaces.js';
import { procNames, procPids, procText, unlessBroken } from './proc-text.js';
import { parseStatLine } from './stat-line.js';

export type ProcOptions = { readonly root: string; readonly ownPid: number; readonly clock: Clock };

/**
 * Processes as /proc tells them. All reads are synchronous: of 345 processes they take 10 ms, asynchronous ones 27,
 * and a table taken in one go is nearer to one moment.
 */
export const createProcProcesses = ({ root, ownPid, clock }: ProcOptions): Processes => {
  let known: KernelFacts | null = null;
  const facts = (): KernelFacts => (known ??= readKernelFacts(root));
  const listed = (pid: number): ProcessRow | null => {
    const text = procText(`${root}/${pid}/stat`);
    return text === null ? null : parseStatLine(text, facts().pageSize);
  };
  const row = (pid: number): ProcessRow | null => (isProcess(root, pid) ? listed(pid) : null);
  const identify = (pid: number): Identity | null => {
    const found = row(pid);
    return found !== null && isAlive(found) ? { pid, start: found.start, boot: facts().boot } : null;
  };
  return {
    row,
    identify,
    table: () => takeTable(root, facts(), clock, listed),
    details: (pid) => readDetails(root, pid),
    children: (pid) => readChildren(root, pid) ?? childrenByParent(root, pid, listed),
    withEnvironment: (name, value) =>
      [...readVariables(root, name)].flatMap(([pid, found]) => (found === value ? pid : [])),
    variables: (name) => readVariables(root, name),
    livesElsewhere: (boot) => livesElsewhere(root, facts().boot, boot),
    signal: (identity, signal) => signalProcess({ identity, signal, ownPid, identify }),
  };
};

/**
 * /proc answers for the number of any thread, though it lists none, and a signal to it reaches the whole process: a
 * number from an old PID file may be somebody's thread by now.
 */
const isProcess = (root: string, pid: number): boolean =>
  Number.isInteger(pid) &&
  pid > 0 &&
  /^Tgid:\s+(\d+)$/m.exec(procText(`${root}/${pid}/status`) ?? '')?.[1] === String(pid);

type ReadRow = (pid: number) => ProcessRow | null;

const takeTable = (root: string, facts: KernelFacts, clock: Clock, row: ReadRow): ProcessTable => {
  const rows = new Map<number, ProcessRow>();
  const takenAt = clock.now();
  for (const pid of procPids(root)) {
    const found = row(pid);
    if (found !== null) rows.set(pid, found);
  }
  const { boot, ticksPerSecond } = facts;
  return Object.freeze({ boot, takenAt, bootedAt: readBootedAt(root, takenAt), ticksPerSecond, rows });
};

/** Uptime is exact to 10 ms and counts suspended time as start times do; `btime` is exact to a second. */
const readBootedAt = (root: string, now: number): number => {
  const uptime = Number.parseFloat(procText(`${root}/uptime`) ?? '');
  return Number.isFinite(uptime) ? Math.round(now - uptime * 1000) : 0;
};

/**
 * `null` when this kernel keeps no list of children (CONFIG_PROC_CHILDREN). The kernel may leave out siblings of a
 * child that ends during the read: whoever must not miss one takes a table.
 */
const readChildren = (root: string, pid: number): readonly number[] | null => {
  const lists = procNames(`${root}/${pid}/task`).map((task) =>
    procText(`${root}/${pid}/task/${task}/children`),
  );
  const known = lists.filter((list) => list !== null);
  if (known.length === 0) return null;
  return known.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
};

const childrenByParent = (root: string, pid: number, row: ReadRow): readonly number[] =>
  procPids(root).filter((candidate) => row(candidate)?.ppid === pid);

/** Other users' environments cannot be read, and are passed over. The first of two equal names counts, as for getenv. */
const readVariables = (root: string, name: string): ReadonlyMap<number, string> => {
  const entry = Buffer.from(`${name}=`);
  return new Map(
    procPids(root).flatMap((pid): [number, string][] => {
      const value = valueIn(readEnvironment(root, pid), entry);
      return value === null ? [] : [[pid, value]];
    }),
  );
};

const readEnvironment = (root: string, pid: number): Buffer => {
  try {
    return readFileSync(`${root}/${pid}/environ`);
  } catch (error) {
    return unlessBroken(error, Buffer.alloc(0));
  }
};

const valueIn = (environment: Buffer, entry: Buffer): string | null => {
  for (let at = environment.indexOf(entry); at !== -1; at = environment.indexOf(entry, at + 1)) {
    if (at > 0 && environment[at - 1] !== 0) continue;
    const from = at + entry.length;
    const end = environment.indexOf(0, from);
    return environment.toString('utf8', from, end === -1 ? environment.length : end);
  }
  return null;
};
