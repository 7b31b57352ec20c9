import { LineSplitter } from './line-splitter.js';
import { lineTime } from './line-time.js';
import { isWanted } from './log-filter.js';
import type { LogFilter } from './log-filter.js';
import type { LogFile, LogLine } from './log-line.js';
import { OpenLog, fileAt, sameFile } from './open-log.js';
import type { Tail } from './tail-file.js';

/** How long a file that is no longer at its path is still read after it last grew, once its successor has grown too. */
const graceMs = 5000;

/** A file that is held open, with what is not ended of its last line. */
type Reader = { readonly log: OpenLog; readonly splitter: LineSplitter; grewAt: number };

/**
 * Follows what a path names, over rotation by renaming, truncation, removal and being made again.
 *
 * After a rotation the program may go on writing the old file until it is told to open the new one. So the old one stays open, and is read
 * to its end before anything of the new one that came later: no line is lost, and the lines of one writer keep their order.
 */
export class FileFollower {
  readonly file: LogFile;
  readonly #filter: LogFilter;
  #readers: Reader[] = [];
  /** The size of the newest file before the older ones were last found at their end: what lies before it comes after all of theirs. */
  #limit: number | null = null;
  #lastTime: number | null = null;

  constructor(file: LogFile, filter: LogFilter) {
    this.file = file;
    this.#filter = filter;
  }

  /** Takes over an open file behind its tail. */
  begin(log: OpenLog, tail: Tail, now: number): void {
    log.seek(tail.end);
    this.#lastTime = tail.lastTime;
    this.#readers = [{ log, splitter: new LineSplitter(), grewAt: now }];
  }

  /** A file that is no longer at its path is still being read: nobody tells us when it grows. */
  get isDraining(): boolean {
    return this.#readers.length > 1;
  }

  /** Reads one block. `more`: ask again at once. */
  step(now: number): { readonly lines: readonly LogLine[]; readonly more: boolean } {
    const moved = this.#look(now);
    const older = this.#readers.slice(0, -1);
    const newest = this.#readers.at(-1);
    if (newest === undefined) return { lines: [], more: false };
    if (older.length > 0) this.#limit ??= newest.log.size;
    for (const reader of older) {
      const lines = this.#read(reader, now);
      if (lines !== null) return { lines, more: true };
    }
    const limit = older.length > 0 ? (this.#limit ?? 0) : Number.POSITIVE_INFINITY;
    const lines = this.#read(newest, now, limit);
    const isAtLimit = newest.log.position >= limit;
    if (isAtLimit) this.#limit = null;
    if (lines !== null) return { lines, more: true };
    return { lines: this.#closeQuiet(older, newest, now), more: moved };
  }

  close(): void {
    for (const { log } of this.#readers) log.close();
    this.#readers = [];
  }

  /** Opens what the path names now, if that is another file than the newest one we have. */
  #look(now: number): boolean {
    const at = fileAt(this.file.path);
    const newest = this.#readers.at(-1);
    if (at === null || (newest !== undefined && sameFile(at, newest.log.id))) return false;
    const log = OpenLog.open(this.file.path);
    if (log === null) return false;
    const isKnown = this.#readers.some((reader) => sameFile(reader.log.id, log.id));
    if (isKnown) {
      log.close();
      return false;
    }
    this.#readers.push({ log, splitter: new LineSplitter(), grewAt: now });
    this.#limit = null;
    return true;
  }

  /** The lines of one block; `null` at the end. */
  #read(reader: Reader, now: number, limit = Number.POSITIVE_INFINITY): readonly LogLine[] | null {
    const { log, splitter } = reader;
    const ended: string[] = [];
    if (log.wasTruncated()) {
      ended.push(...splitter.flush());
      log.seek(0);
    }
    const block = log.readBlock(limit);
    if (block.length === 0 && ended.length === 0) return null;
    reader.grewAt = now;
    return this.#wanted([...ended, ...splitter.push(block)], now);
  }

  #closeQuiet(older: readonly Reader[], newest: Reader, now: number): readonly LogLine[] {
    if (newest.log.size === 0) return [];
    const quiet = older.filter((reader) => now - reader.grewAt > graceMs);
    this.#readers = this.#readers.filter((reader) => !quiet.includes(reader));
    for (const { log } of quiet) log.close();
    return this.#wanted(
      quiet.flatMap(({ splitter }) => splitter.flush()),
      now,
    );
  }

  #wanted(texts: readonly string[], now: number): readonly LogLine[] {
    const lines: LogLine[] = [];
    for (const line of texts) {
      this.#lastTime = lineTime(line, now) ?? this.#lastTime;
      const at = this.#lastTime;
      if (isWanted(line, at ?? now, this.#filter))
        lines.push({ source: this.file.source, stream: this.file.stream, line, at });
    }
    return lines;
  }
}
