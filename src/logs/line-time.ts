import { stripVTControlCharacters } from 'node:util';

/**
 * The time that a line carries at its beginning, as programs commonly write it: ISO, the same with a blank or slashes, the form of web
 * servers and of syslog, an epoch, or a field of a JSON line. `null` when there is none.
 */
export const lineTime = (line: string, now: number): number | null => {
  const head = line.slice(0, 512).trimStart();
  const time = head.startsWith('{') ? jsonTime(line) : textTime(head, now);
  return time !== null && Number.isFinite(time) ? time : null;
};

const textTime = (head: string, now: number): number | null => {
  const plain = head.includes('\u001b') ? stripVTControlCharacters(head) : head;
  const text = plain.replace(/^[[(<"]/, '');
  const first = text.charCodeAt(0);
  if (first >= zero && first <= nine) {
    const time = isoTime(text) ?? epochTime(text);
    if (time !== null) return time;
  }
  return (plain.includes('[') ? commonLogTime(plain) : null) ?? syslogTime(text, now);
};

const [zero, nine] = [48, 57] as const;

const isoTime = (text: string): number | null => {
  const match =
    /^(\d{4})[-/](\d{2})[-/](\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}:?\d{2})?/.exec(
      text,
    );
  if (match === null) return null;
  const [, year, month, day, hour, minute, second = '00', fraction = '0', zone] = match;
  const offset = zone === undefined ? '' : zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
  const ms = fraction.padEnd(3, '0').slice(0, 3);
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}${offset}`);
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `127.0.0.1 - - [10/Oct/2024:13:55:36 +0200] "GET …`. */
const commonLogTime = (text: string): number | null => {
  const match = /\[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})\]/.exec(text);
  if (match === null) return null;
  const [, day, month = '', year, time, hours, minutes] = match;
  const number = String(months.indexOf(month) + 1).padStart(2, '0');
  return Date.parse(`${year}-${number}-${day}T${time}${hours}:${minutes}`);
};

/** `Oct 10 13:55:36 host …`: the year is the one that brings it nearest to now, never far ahead. */
const syslogTime = (text: string, now: number): number | null => {
  const match = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2})\b/.exec(text);
  const month = months.indexOf(match?.[1] ?? '');
  if (match === null || month === -1) return null;
  const [, , day, hour, minute, second] = match.map(Number);
  const inYear = (year: number): number => new Date(year, month, day, hour, minute, second).getTime();
  const year = new Date(now).getFullYear();
  return inYear(year) > now + 86_400_000 ? inYear(year - 1) : inYear(year);
};

/** Seconds with a fraction, or ms; both of this century only, so that no other number is taken for one. */
const epochTime = (text: string): number | null => {
  const match = /^(\d{10})(?:\.(\d{1,9}))?(?=[\s:\])]|$)|^(\d{13})(?=[\s:\])]|$)/.exec(text);
  if (match === null) return null;
  const [, seconds, fraction = '0', ms] = match;
  return ms === undefined ? Number(seconds) * 1000 + Math.trunc(Number(`0.${fraction}`) * 1000) : Number(ms);
};

const timeKeys = ['time', 'timestamp', '@timestamp', 'ts', 'date', 't'] as const;

const jsonTime = (line: string): number | null => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null; // cut, or not JSON after all
  }
  if (typeof value !== 'object' || value === null) return null;
  for (const key of timeKeys) {
    const time: unknown = (value as Record<string, unknown>)[key];
    if (typeof time === 'number') return time < 1e11 ? Math.trunc(time * 1000) : time;
    if (typeof time === 'string') return isoTime(time) ?? epochTime(time);
  }
  return null;
};
