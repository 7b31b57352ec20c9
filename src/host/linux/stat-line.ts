import type { ProcessRow } from '../../model/process.js';

/**
 * Reads one /proc/PID/stat. The name stands in parentheses and may itself hold spaces, parentheses and newlines,
 * so the fields are counted from the last `)`. `null` when the text is not whole.
 */
export const parseStatLine = (text: string, pageSize: number): ProcessRow | null => {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open === -1 || close < open) return null;
  const fields = text.slice(close + 2).split(' ');
  const state = fields[0];
  if (state === undefined || fields.length < 22) return null;
  const number = (index: number): number => Number(fields[index]);
  return Object.freeze({
    pid: Number(text.slice(0, open)),
    ppid: number(1),
    pgid: number(2),
    session: number(3),
    state,
    start: number(19),
    comm: text.slice(open + 1, close),
    cpuTicks: number(11) + number(12),
    rssBytes: number(21) * pageSize,
    threads: number(17),
  });
};
