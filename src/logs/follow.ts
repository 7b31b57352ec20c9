import { setImmediate } from 'node:timers/promises';
import { ChangeWatch } from './change-watch.js';
import { FileFollower } from './file-follower.js';
import { everything, wantedFiles } from './log-filter.js';
import type { LogFilter } from './log-filter.js';
import type { LogFile, LogLine } from './log-line.js';
import { mergeLines } from './merge-lines.js';
import { OpenLog } from './open-log.js';
import { tailFile, unendedLine } from './tail-file.js';

export type TailOptions = { readonly filter?: LogFilter; readonly now?: () => number };

export type FollowOptions = TailOptions & {
  /** Ends it, always. */
  readonly signal: AbortSignal;
  /** How many of the last lines of each file come first. */
  readonly lines: number;
};

/** The last lines of each file, merged, and with them a last line that has no end yet. Files that are not there have none. */
export const tailLines = (
  files: readonly LogFile[],
  lines: number,
  options: TailOptions = {},
): readonly LogLine[] => {
  const { filter = everything, now = Date.now } = options;
  const tails = eachOnce(wantedFiles(files, filter)).map((file) => {
    const log = OpenLog.open(file.path);
    if (log === null) return [];
    try {
      const tail = tailFile(file, log, lines, filter, now());
      return [...tail.lines, ...unendedLine(file, log, tail, filter, now())].slice(
        lines === 0 ? Infinity : -lines,
      );
    } finally {
      log.close();
    }
  });
  return mergeLines(tails);
};

/**
 * The last lines of each file, then every new one until the signal fires (or the filter's `until` has passed). A file that is not there
 * is waited for, and read from its beginning when it comes. Nothing is read while the caller is not asking: a slow reader costs no memory.
 */
export async function* follow(
  files: readonly LogFile[],
  options: FollowOptions,
): AsyncGenerator<LogLine, void> {
  const { signal, filter = everything, now = Date.now } = options;
  const wanted = eachOnce(wantedFiles(files, filter));
  const followers = wanted.map((file) => new FileFollower(file, filter));
  const changes = new ChangeWatch(
    wanted.map(({ path }) => path),
    signal,
  );
  try {
    yield* unless(
      signal,
      mergeLines(followers.map((follower) => beginAtTail(follower, options.lines, filter, now()))),
    );
    while (!signal.aborted) {
      const steps = followers.map((follower) => follower.step(now()));
      yield* unless(signal, mergeLines(steps.map(({ lines }) => lines)));
      if (steps.some(({ more }) => more)) {
        await setImmediate(); // a flood must not keep timers and signals from their turn
        continue;
      }
      const left = filter.until === null ? Number.POSITIVE_INFINITY : filter.until - now();
      if (left < 0) break;
      await changes.next(
        followers.some(({ isDraining }) => isDraining),
        left + 1,
      );
    }
  } finally {
    changes.close();
    for (const follower of followers) follower.close();
  }
}

/** Two servers may write one file; it is read once, for the first. */
const eachOnce = (files: readonly LogFile[]): readonly LogFile[] =>
  files.filter((file, place) => files.findIndex(({ path }) => path === file.path) === place);

const beginAtTail = (
  follower: FileFollower,
  lines: number,
  filter: LogFilter,
  now: number,
): readonly LogLine[] => {
  const log = OpenLog.open(follower.file.path);
  if (log === null) return [];
  const tail = tailFile(follower.file, log, lines, filter, now);
  follower.begin(log, tail, now);
  return tail.lines;
};

function* unless(signal: AbortSignal, lines: readonly LogLine[]): Generator<LogLine, void> {
  for (const line of lines) {
    if (signal.aborted) return;
    yield line;
  }
}
