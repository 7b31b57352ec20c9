import {
  identityOf,
  type Discovery,
  type Endpoint,
  type Host,
  type Look,
  type ProcessRow,
} from 'mpm-io/plugin';
import { recognizeUnit } from '../seen/unit-owner.js';
import { judgeFile } from './judge-file.js';
import { knownFiles } from './places.js';

/** Does a PID file in a place where daemons are known to leave theirs name this process? */
export const recognize = async (
  process: ProcessRow,
  look: Look,
  host: Host,
  more: readonly string[],
): Promise<Discovery | null> => {
  const unit = recognizeUnit(process, look, 'daemon-managed');
  if (unit !== null) return unit;
  const details = host.processes.details(process.pid);
  const ports = portsOf(process, look);
  for (const port of ports.length === 0 ? [null] : ports) {
    for (const path of knownFiles(
      { cwd: details?.cwd ?? null, comm: process.comm },
      port,
      host.user.home,
      more,
    )) {
      const file = judgeFile(path, look.processes, host);
      if (file.row === null || file.fact.pid !== process.pid) continue;
      const id = file.text?.id ?? null;
      const endpoints: readonly Endpoint[] = port === null ? [] : [{ kind: 'tcp', port, host: null }];
      return {
        name: id ?? (port === null ? process.comm : `${process.comm}-${port}`),
        sighting: {
          role: 'witness',
          manager: null,
          phase: 'running',
          ready: port === null ? null : true,
          main: identityOf(look.processes, process),
          endpoints,
          proven: port !== null,
          claims: { pid: process.pid, ...(id === null ? {} : { id }) },
          pidFile: file.fact,
          evidence: [
            { source: 'pid-file', text: file.fact.text },
            ...(port === null ? [] : [{ source: 'socket', text: `PID ${process.pid} holds port ${port}` }]),
          ],
        },
      };
    }
  }
  return null;
};

const portsOf = ({ pid }: ProcessRow, look: Look): readonly number[] => {
  const ports = [...new Set(look.listeners.rows.map(({ port }) => port))];
  return ports.filter((port) => look.listeners.holders(port).some(({ pids }) => pids.includes(pid)));
};

/** The same for every process that holds a port. */
export const discover = async (
  look: Look,
  host: Host,
  more: readonly string[],
): Promise<readonly Discovery[]> => {
  const ports = [...new Set(look.listeners.rows.map(({ port }) => port))];
  const pids = [
    ...new Set(ports.flatMap((port) => look.listeners.holders(port).flatMap((holder) => holder.pids))),
  ];
  const rows = pids.map((pid) => look.processes.rows.get(pid)).filter((row) => row !== undefined);
  const found = await Promise.all(rows.map((row) => recognize(row, look, host, more)));
  return found.filter((discovery) => discovery !== null);
};
