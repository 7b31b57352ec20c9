import type { Host } from '../host/host.js';
import type { InstanceKey } from '../model/key.js';
import { once } from '../model/once.js';
import type { ProcessTable } from '../model/process.js';
import type { ListenerTable } from '../model/socket.js';
import type { UnitView } from '../model/unit-view.js';
import type { Look } from '../plugin/contract.js';

/** How the recorded units are held against a process table; the table is only taken when there is a record. */
export type ReadUnits = (processes: () => ProcessTable) => ReadonlyMap<InstanceKey, UnitView>;

/** One command's view of the machine. Each part is taken on the first question and never again. */
export const takeLook = (host: Host, home: string, readUnits: ReadUnits, signal: AbortSignal): Look => {
  const processes = once(() => host.processes.table());
  const listeners = once((): ListenerTable => host.sockets.listeners());
  const units = once(() => readUnits(processes));
  return Object.freeze({
    home,
    signal,
    get processes() {
      return processes();
    },
    get listeners() {
      return listeners();
    },
    get units() {
      return units();
    },
  });
};
