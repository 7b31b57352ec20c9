import { decodeLine, leadingNuls, maxLineBytes } from './log-line.js';
import type { OpenLog } from './open-log.js';

const blockBytes = 64 * 1024;
const newline = 0x0a;

/** A line with the place where it begins and the one behind its last byte (its line end not counted). */
type Range = readonly [start: number, end: number];

/**
 * The lines of a file from its end to its beginning, read in blocks, never whole. What stands behind the last line end is left out:
 * `end` is where the last whole line ends.
 */
export function* linesBackward(log: OpenLog, end: number): Generator<string, void> {
  for (const range of rangesBackward(log, end)) {
    const [start, stop] = range;
    const bytes = log.readAt(start, Math.min(stop - start, maxLineBytes + 4));
    const nuls = leadingNuls(bytes);
    yield decodeLine(bytes.subarray(nuls), stop - start - nuls);
  }
}

function* rangesBackward(log: OpenLog, end: number): Generator<Range, void> {
  let stop = end - 1;
  for (let top = stop; top > 0;) {
    const from = Math.max(0, top - blockBytes);
    const block = log.readAt(from, top - from);
    for (let place = block.length - 1; place >= 0; place -= 1) {
      place = block.lastIndexOf(newline, place);
      if (place === -1) break;
      yield [from + place + 1, stop];
      stop = from + place;
    }
    top = from;
  }
  if (end > 0) yield [0, stop];
}

/** Where the last whole line ends: behind its line end; 0 when there is none. */
export const endOfLastLine = (log: OpenLog, size: number): number => {
  for (let top = size; top > 0;) {
    const from = Math.max(0, top - blockBytes);
    const place = log.readAt(from, top - from).lastIndexOf(newline);
    if (place !== -1) return from + place + 1;
    top = from;
  }
  return 0;
};
