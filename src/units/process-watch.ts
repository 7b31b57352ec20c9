import type { Host } from '../host/host.js';
import { once } from '../model/once.js';
import type { ProcessTable } from '../model/process.js';
import { markerName } from './records.js';

/** All processes at one moment. */
export type ProcessScan = {
  readonly table: ProcessTable;
  /** PIDs that carry this marker; the environments are read at the first question. */
  readonly marked: (marker: string) => readonly number[];
};

/** Scans that are shared by all who look at trees: what one pays for serves whoever has waited for less. */
export type ProcessWatch = {
  /** One that was taken at `since` (monotonic) or later; `null`: it is too soon for another, ask again. */
  at(since: number): ProcessScan | null;
  /** The same, waited for. */
  after(since: number): Promise<ProcessScan>;
};

export const scanProcesses = (host: Host): ProcessScan => {
  const table = host.processes.table();
  const byMarker = once(() => {
    const found = new Map<string, number[]>();
    for (const [pid, marker] of host.processes.variables(markerName)) {
      const pids = found.get(marker);
      if (pids === undefined) found.set(marker, [pid]);
      else pids.push(pid);
    }
    return found;
  });
  return { table, marked: (marker) => byMarker().get(marker) ?? [] };
};

export const createProcessWatch = (host: Host): ProcessWatch => {
  let scan: ProcessScan | null = null;
  let taken = Number.NEGATIVE_INFINITY;
  let next = Number.NEGATIVE_INFINITY;
  const at = (since: number): ProcessScan | null => {
    const now = host.clock.monotonic();
    if (scan !== null && taken >= since) return scan;
    if (now < next) return null;
    scan = scanProcesses(host);
    scan.marked('');
    taken = now;
    const done = host.clock.monotonic();
    next = done + (done - now); // half of the time at most goes into scans
    return scan;
  };
  const after = async (since: number): Promise<ProcessScan> => {
    for (;;) {
      const found = at(since);
      if (found !== null) return found;
      await host.clock.sleep(Math.max(1, next - host.clock.monotonic()));
    }
  };
  return { at, after };
};
