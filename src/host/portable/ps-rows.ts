import type { ProcessRow } from '../../model/process.js';

/** The columns of one table row; the name comes last because it may hold spaces. */
export const psColumns = 'pid=,ppid=,pgid=,sess=,stat=,lstart=,time=,rss=,ucomm=';

/**
 * Reads `ps -o` with `psColumns`, run with LC_ALL=C and TZ=UTC. Weaker than /proc: start times are whole seconds, so
 * a PID that is reused within the second of its death is not told apart; the number of threads is not known and told
 * as 1; a name with a newline breaks its row, which is then left out. macOS gives sessions as addresses: told as 0.
 */
export const parsePsRows = (text: string): readonly ProcessRow[] =>
  text
    .split('\n')
    .map(parsePsRow)
    .filter((row) => row !== null);

const rowPattern =
  /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+\w+\s+(\w+)\s+(\d+)\s+([\d:]+)\s+(\d+)\s+([\d:.-]+)\s+(\d+)\s+(.*)$/;

const parsePsRow = (line: string): ProcessRow | null => {
  const match = rowPattern.exec(line);
  if (match === null) return null;
  const [, pid, ppid, pgid, session, state, month, day, clock, year, time, rss, comm] = match;
  const start = Date.parse(`${day} ${month} ${year} ${clock} UTC`) / 1000;
  if (!Number.isFinite(start)) return null;
  return Object.freeze({
    pid: Number(pid),
    ppid: Number(ppid),
    pgid: Number(pgid),
    session: Number(session) || 0,
    state: state?.charAt(0) ?? '?',
    start,
    comm: comm ?? '',
    cpuTicks: parseTime(time ?? ''),
    rssBytes: Number(rss) * 1024,
    threads: 1,
  });
};

/** `[days-]hours:minutes:seconds`, or macOS's `minutes:seconds.hundredths`, in seconds. */
const parseTime = (text: string): number => {
  const [days, rest] = text.includes('-') ? text.split('-') : ['0', text];
  const seconds = (rest ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Number(days) * 86_400 + seconds;
};
