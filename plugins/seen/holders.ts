import {
  ancestorsOf,
  holdersAt,
  isAlive,
  reachableHost,
  type Holder,
  type ListenerTable,
  type ProcessRow,
  type ProcessTable,
} from 'mpm-io/plugin';

/**
 * The address to call. `localhost` and an undeclared host are IPv4, unless only IPv6 listens: some programs bind
 * the first address that the name has.
 */
export const callAddress = (listeners: ListenerTable, port: number, host: string | null): string => {
  const address = reachableHost(host);
  const open = host === null || host === '' || host === 'localhost';
  if (!open || holdersAt(listeners, port, address).length > 0) return address;
  return holdersAt(listeners, port, '::1').length > 0 ? '::1' : address;
};

/** The live processes that have these sockets open. */
export const holdingRows = (table: ProcessTable, holders: readonly Holder[]): readonly ProcessRow[] =>
  [...new Set(holders.flatMap(({ pids }) => pids))]
    .map((pid) => table.rows.get(pid))
    .filter((row): row is ProcessRow => row !== undefined && isAlive(row));

/** Of several holders (a master and its forked workers) the one above the others; among strangers the oldest. */
export const topHolder = (table: ProcessTable, rows: readonly ProcessRow[]): ProcessRow | null => {
  const pids = new Set(rows.map(({ pid }) => pid));
  const tops = rows.filter((row) => !ancestorsOf(table, row.pid).some(({ pid }) => pids.has(pid)));
  return tops.toSorted((a, b) => a.start - b.start || a.pid - b.pid)[0] ?? null;
};
