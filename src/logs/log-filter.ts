import { stripVTControlCharacters } from 'node:util';
import { parseDuration } from '../model/duration.js';
import type { LogFile, LogStream } from './log-line.js';

/** Which lines are wanted. */
export type LogFilter = {
  readonly stream: LogStream | null;
  readonly grep: RegExp | null;
  /** Epoch, ms. */
  readonly since: number | null;
  readonly until: number | null;
};

export const everything: LogFilter = { stream: null, grep: null, since: null, until: null };

/** As they were typed. */
export type LogFilterOptions = {
  readonly out?: boolean;
  readonly err?: boolean;
  readonly grep?: string;
  readonly since?: string;
  readonly until?: string;
};

export type LogFilterResult =
  | { readonly ok: true; readonly filter: LogFilter }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads what was typed; a bad pattern or time is a problem to tell, not an exception. */
export const readLogFilter = (options: LogFilterOptions, now: number): LogFilterResult => {
  const grep = readPattern(options.grep);
  const since = readTime('--since', options.since, now);
  const until = readTime('--until', options.until, now);
  const isBackward = isTime(since) && isTime(until) && since > until;
  const problems = [
    ...[grep, since, until].filter((value) => typeof value === 'string'),
    ...(isBackward ? ['--since lies behind --until, so no line can be between them.'] : []),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    filter: {
      stream: options.out === options.err ? null : options.out === true ? 'out' : 'err',
      grep: typeof grep === 'string' ? null : grep,
      since: isTime(since) ? since : null,
      until: isTime(until) ? until : null,
    },
  };
};

const isTime = (value: number | string | null): value is number => typeof value === 'number';

const readPattern = (pattern: string | undefined): RegExp | string | null => {
  if (pattern === undefined) return null;
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return readLoosely(pattern);
  }
};

/** `\-` and the like are errors with the unicode flag alone. */
const readLoosely = (pattern: string): RegExp | string => {
  try {
    return new RegExp(pattern);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
    return `--grep is no regular expression: ${why}`;
  }
};

/** A duration back from now, or a date and time. */
const readTime = (option: string, text: string | undefined, now: number): number | string | null => {
  if (text === undefined) return null;
  const back = /^\d+$/.test(text.trim()) ? null : parseDuration(text);
  if (back !== null) return now - back;
  const date = /^\d{4}-\d{2}-\d{2}/.test(text)
    ? Date.parse(text.replace(/^(\S+) (\d)/, '$1T$2').replace(/^(\d{4}-\d{2}-\d{2})$/, '$1T00:00'))
    : Number.NaN;
  return Number.isNaN(date)
    ? `${option} takes a duration (10m, 2h) or a time (2026-01-31T12:00), not "${text}".`
    : date;
};

export const wantedFiles = (files: readonly LogFile[], filter: LogFilter): readonly LogFile[] =>
  filter.stream === null ? files : files.filter(({ stream }) => stream === filter.stream);

export const isWanted = (line: string, at: number | null, filter: LogFilter): boolean =>
  isTimely(at, filter) && matches(line, filter);

/** A line whose time is not known is not left out for its time. */
export const isTimely = (at: number | null, { since, until }: LogFilter): boolean =>
  at === null || ((since === null || at >= since) && (until === null || at <= until));

/** Colours in a line do not keep a pattern from matching. */
export const matches = (line: string, { grep }: LogFilter): boolean =>
  grep === null || grep.test(stripVTControlCharacters(line));
