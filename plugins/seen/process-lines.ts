import {
  descendantsOf,
  findAlive,
  isAlive,
  startedAt,
  treeRss,
  type Host,
  type Identity,
  type InfoLine,
  type Look,
} from 'mpm-io/plugin';

/** What the process table tells of a server: the figures of its main process, memory and CPU of the whole tree. */
export const processLines = (look: Look, host: Host, main: Identity | null): readonly InfoLine[] => {
  const table = look.processes;
  const row = main === null ? undefined : findAlive(table, main);
  if (row === undefined) return [];
  const below = descendantsOf(table, row.pid).filter(isAlive);
  const memory = treeRss(table, row.pid);
  const cpu = [row, ...below].reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) / table.ticksPerSecond;
  const started = startedAt(table, row);
  const details = host.processes.details(row.pid);
  return [
    { label: 'pid', value: String(row.pid), raw: row.pid },
    { label: 'command', value: details === null ? row.comm : details.argv.join(' '), raw: details?.argv },
    ...cwdLine(details?.cwd ?? null),
    { label: 'started', value: new Date(started).toISOString(), raw: started },
    { label: 'uptime', value: seconds(table.takenAt - started), raw: table.takenAt - started },
    { label: 'cpu time', value: `${cpu.toFixed(2)} s`, raw: Math.round(cpu * 1000) },
    { label: 'memory', value: `${(memory / 1_048_576).toFixed(1)} MiB`, raw: memory },
    { label: 'threads', value: String(row.threads), raw: row.threads },
    { label: 'processes', value: String(below.length + 1), raw: below.length + 1 },
  ];
};

const cwdLine = (cwd: string | null): readonly InfoLine[] =>
  cwd === null ? [] : [{ label: 'cwd', value: cwd, raw: cwd }];

const seconds = (ms: number): string => `${Math.max(0, Math.round(ms / 1000))} s`;
