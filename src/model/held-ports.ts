import type { Listener, ListenerTable } from './socket.js';

const listenersByTable = new WeakMap<ListenerTable, ReadonlyMap<number, readonly Listener[]>>();

/** The listening sockets that a process has open; the index is made once a table. */
export const listenersOf = (table: ListenerTable, pid: number): readonly Listener[] => {
  let index = listenersByTable.get(table);
  if (index === undefined) {
    index = groupByProcess(table);
    listenersByTable.set(table, index);
  }
  return index.get(pid) ?? [];
};

const groupByProcess = (table: ListenerTable): ReadonlyMap<number, readonly Listener[]> => {
  const index = new Map<number, Listener[]>();
  for (const port of new Set(table.rows.map((row) => row.port)))
    for (const { pids, ...listener } of table.holders(port))
      for (const pid of pids) {
        const known = index.get(pid);
        if (known === undefined) index.set(pid, [listener]);
        else known.push(listener);
      }
  return index;
};
