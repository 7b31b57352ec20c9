/** Which of a server's two outputs. */
export type LogStream = 'out' | 'err';

/** A file to read, and whose it is. It need not exist yet. */
export type LogFile = {
  /** The server or instance, as people call it. */
  readonly source: string;
  readonly stream: LogStream;
  readonly path: string;
};

export type LogLine = {
  readonly source: string;
  readonly stream: LogStream;
  /** As the server wrote it, without its line end: not safe to print before it is sanitised. */
  readonly line: string;
  /** Epoch, ms: its own time, or that of the nearest earlier line that has one; `null` when none is known. */
  readonly at: number | null;
};

/** A line is shown up to here; what is longer is cut and marked. */
export const maxLineBytes = 64 * 1024;

const cutMark = ' … (line cut at 64 KB)';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of a line's bytes: without CR at its end, what is no UTF-8 replaced, and cut where it is too long. */
export const decodeLine = (bytes: Uint8Array, length: number = bytes.length): string => {
  const isCut = length > maxLineBytes;
  const kept = isCut ? bytes.subarray(0, wholeCharacters(bytes, maxLineBytes)) : bytes;
  const text = decoder.decode(kept);
  return isCut ? text + cutMark : text.replace(/\r$/, '');
};

/** The largest end that does not fall inside a character. */
const wholeCharacters = (bytes: Uint8Array, end: number): number => {
  for (let back = 0; back < 4; back += 1) {
    const isContinuation = ((bytes[end - back] ?? 0) & 0xc0) === 0x80;
    if (!isContinuation) return end - back;
  }
  return end;
};

/** A run of NULs is what a truncation leaves before the next write of a program that does not append. */
export const leadingNuls = (bytes: Uint8Array): number => {
  let count = 0;
  while (count < bytes.length && bytes[count] === 0) count += 1;
  return count;
};
