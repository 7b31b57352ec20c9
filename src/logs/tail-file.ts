import { endOfLastLine, linesBackward } from './lines-backward.js';
import { lineTime } from './line-time.js';
import { isTimely, isWanted, matches } from './log-filter.js';
import type { LogFilter } from './log-filter.js';
import { decodeLine, maxLineBytes } from './log-line.js';
import type { LogFile, LogLine } from './log-line.js';
import type { OpenLog } from './open-log.js';

export type Tail = {
  readonly lines: readonly LogLine[];
  /** Where the last whole line ends; what stands behind it is not among the lines. */
  readonly end: number;
  /** The time that a line without one takes after them. */
  readonly lastTime: number | null;
};

/** The last wanted lines of a file, first to last. It is read from its end, and only as far back as needed. */
export const tailFile = (
  file: LogFile,
  log: OpenLog,
  count: number,
  filter: LogFilter,
  now: number,
): Tail => {
  const end = endOfLastLine(log, log.size);
  const isTooOld = filter.since !== null && log.modifiedAt < filter.since;
  const found = count === 0 || isTooOld ? [] : collect(log, end, count, filter, now);
  const lines = found.map(({ line, at }) => ({ source: file.source, stream: file.stream, line, at }));
  return { lines, end, lastTime: lines.at(-1)?.at ?? null };
};

type Stamped = { readonly line: string; readonly at: number | null };

/** How far back a time is looked for when enough lines are there: it sorts them, or decides over them. */
const lookBack = { toSort: 50, toDecide: 10_000 };

/**
 * Going backward, the time of a line that has none is known only when an earlier line with one comes. Until then it waits. All that wait
 * will have one time, so no more wait than can be kept.
 */
const collect = (
  log: OpenLog,
  end: number,
  count: number,
  filter: LogFilter,
  now: number,
): readonly Stamped[] => {
  const kept: Stamped[] = [];
  let waiting: string[] = [];
  let patience = filter.since === null && filter.until === null ? lookBack.toSort : lookBack.toDecide;
  const settle = (at: number | null): void => {
    if (isTimely(at, filter)) kept.push(...waiting.map((line) => ({ line, at })));
    waiting = [];
  };
  for (const line of linesBackward(log, end)) {
    const isFull = kept.length + waiting.length >= count;
    if (!isFull && matches(line, filter)) waiting.push(line);
    const at = lineTime(line, now);
    if (at !== null) {
      settle(at);
      const isBeforeAll = filter.since !== null && at < filter.since;
      if (isBeforeAll || kept.length >= count) break;
    } else if (isFull && --patience <= 0) break;
  }
  settle(null);
  return kept.reverse();
};

/** What stands behind the last line end, where nobody waits for the rest of it. */
export const unendedLine = (
  file: LogFile,
  log: OpenLog,
  tail: Tail,
  filter: LogFilter,
  now: number,
): readonly LogLine[] => {
  const length = log.size - tail.end;
  if (length <= 0) return [];
  const line = decodeLine(log.readAt(tail.end, Math.min(length, maxLineBytes + 4)), length);
  const at = lineTime(line, now) ?? tail.lastTime;
  return isWanted(line, at, filter) ? [{ source: file.source, stream: file.stream, line, at }] : [];
};
