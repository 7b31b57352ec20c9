import type { Processes } from '../../host/host.js';
import { isAlive, type Identity, type ProcessRow } from '../../model/process.js';
import { signalProcess } from '../../host/signal-process.js';
import type { FakeClock } from './clock.js';
import type { Entry } from './entry.js';
import type { FakeListen, FakeProcess } from './setup.js';
import { createFakeSignals, type SentSignal } from './signals.js';

export type FakeProcesses = {
  readonly processes: Processes;
  readonly entries: ReadonlyMap<number, Entry>;
  readonly signals: SentSignal[];
  /** Every port that a process has listened on. */
  readonly usedPorts: ReadonlySet<number>;
  readonly add: (setup: FakeProcess) => Identity;
  readonly end: (pid: number) => void;
  readonly listen: (pid: number, listens: readonly FakeListen[]) => void;
};

type Options = {
  readonly boot: string;
  readonly bootedAt: number;
  readonly uid: number;
  readonly ownPid: number;
  readonly clock: FakeClock;
};

/** A process table in memory: parents, orphans, zombies, other users' processes. */
export const createFakeProcesses = ({ boot, bootedAt, uid, ownPid, clock }: Options): FakeProcesses => {
  const entries = new Map<number, Entry>();
  const usedPorts = new Set<number>();
  let nextPid = 1000;
  let lastStart = 0;

  const add = (setup: FakeProcess): Identity => {
    while (setup.pid === undefined && entries.has(nextPid)) nextPid += 1;
    const pid = setup.pid ?? nextPid;
    lastStart = Math.max(lastStart + 1, Math.floor((clock.now() - bootedAt) / 10));
    const row = rowOf(pid, setup, setup.start ?? lastStart);
    entries.set(pid, { row, listens: [], setup, uid: setup.uid ?? uid });
    listen(pid, setup.listen ?? []);
    return { pid, start: row.start, boot };
  };
  const listen = (pid: number, listens: readonly FakeListen[]): void => {
    const entry = entries.get(pid);
    if (entry === undefined) return;
    entry.listens = listens;
    for (const { port } of listens) usedPorts.add(port);
  };
  const end = (pid: number): void => {
    const entry = entries.get(pid);
    if (entry === undefined) return;
    if (entry.setup.staysZombie === true)
      entry.row = Object.freeze({ ...entry.row, state: 'Z', rssBytes: 0 });
    else entries.delete(pid);
    for (const child of entries.values()) {
      if (child.row.ppid === pid) child.row = Object.freeze({ ...child.row, ppid: 1 });
    }
  };
  const visible = (entry: Entry): boolean => uid === 0 || entry.uid === uid;
  const identify = (pid: number): Identity | null => {
    const row = entries.get(pid)?.row;
    return row !== undefined && isAlive(row) ? { pid, start: row.start, boot } : null;
  };
  const { signals, deliver } = createFakeSignals({ entries, clock, end, visible });

  const processes: Processes = {
    identify,
    row: (pid) => entries.get(pid)?.row ?? null,
    table: () =>
      Object.freeze({
        boot,
        bootedAt,
        takenAt: clock.now(),
        ticksPerSecond: 100,
        rows: new Map([...entries].map(([pid, { row }]) => [pid, row])),
      }),
    details: (pid) => {
      const entry = entries.get(pid);
      if (entry === undefined) return null;
      const { setup, row } = entry;
      const readable = visible(entry) && isAlive(row);
      return {
        argv: isAlive(row) ? (setup.argv ?? [row.comm]) : [],
        uid: entry.uid,
        cwd: readable ? (setup.cwd ?? '/') : null,
        exe: readable ? (setup.exe ?? setup.argv?.[0] ?? null) : null,
        environment: readable ? { ...setup.env } : null,
        cgroup: setup.cgroup ?? '0::/',
      };
    },
    children: (pid) => [...entries.values()].filter(({ row }) => row.ppid === pid).map(({ row }) => row.pid),
    withEnvironment: (name, value) =>
      [...entries.values()]
        .filter((entry) => visible(entry) && isAlive(entry.row) && entry.setup.env?.[name] === value)
        .map(({ row }) => row.pid),
    variables: (name) =>
      new Map(
        [...entries.values()]
          .filter((entry) => visible(entry) && isAlive(entry.row))
          .flatMap(({ row, setup }): [number, string][] => {
            const value = setup.env?.[name];
            return value === undefined ? [] : [[row.pid, value]];
          }),
      ),
    livesElsewhere: () => false,
    signal: (identity, signal) =>
      signalProcess({ identity, signal, ownPid, identify, send: (pid) => deliver(pid, signal) }),
  };
  return { processes, entries, signals, usedPorts, add, end, listen };
};

const rowOf = (pid: number, setup: FakeProcess, start: number): ProcessRow =>
  Object.freeze({
    pid,
    ppid: setup.ppid ?? (pid === 1 ? 0 : 1),
    pgid: setup.pgid ?? pid,
    session: setup.session ?? setup.pgid ?? pid,
    state: setup.state ?? 'S',
    start,
    comm: setup.comm ?? (setup.argv?.[0]?.split('/').at(-1) ?? 'fake').slice(0, 15),
    cpuTicks: setup.cpuTicks ?? 0,
    rssBytes: setup.rssBytes ?? 1024 * 1024,
    threads: setup.threads ?? 1,
  });
