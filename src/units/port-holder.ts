import type { Host } from '../host/host.js';
import { type ProcessTable, startedAt } from '../model/process.js';
import type { Holder } from '../model/socket.js';
import { describeProcess } from './describe.js';

/** Who holds a port, in words; the owners are looked up over all processes, so only when it matters. */
export const holderWords = (host: Host, port: number): string => {
  const holders = host.sockets.listeners().holders(port);
  const pids = [...new Set(holders.flatMap((holder) => holder.pids))];
  if (pids.length > 0) {
    const table = host.processes.table();
    return pids
      .slice(0, 3)
      .map((pid) => `held by ${describeProcess(host, pid)}${sinceWords(table, pid)}`)
      .join(', ');
  }
  const [first] = holders;
  if (first === undefined) return 'busy, its owner is not visible from here';
  return `busy, its owner (uid ${first.uid}) is not visible to you`;
};

const sinceWords = (table: ProcessTable, pid: number): string => {
  const row = table.rows.get(pid);
  return row === undefined ? '' : `, running since ${new Date(startedAt(table, row)).toISOString()}`;
};

/** Would a server that binds `host` meet this listener, or would its clients reach it? */
export const answersFor = (listener: Pick<Holder, 'address'>, host: string | null): boolean => {
  if (host === null || ['', '0.0.0.0', '::', 'localhost'].includes(host)) return true;
  return ['0.0.0.0', '::', host].includes(listener.address);
};
