import { once } from 'node:events';
import type { Writable } from 'node:stream';

/**
 * Writes lines as they come, and takes no more while the reader at the other end does not. Ends when the lines end, or quietly when
 * nobody reads any more (`| head`).
 */
export const writeLines = async <Line>(
  lines: AsyncIterable<Line> | Iterable<Line>,
  stream: Writable,
  format: (line: Line) => string,
  signal?: AbortSignal,
): Promise<void> => {
  const closed = new AbortController();
  const onEnd = (): void => closed.abort();
  stream.on('close', onEnd).on('error', onEnd);
  const over = signal === undefined ? closed.signal : AbortSignal.any([signal, closed.signal]);
  try {
    for await (const line of lines) {
      if (over.aborted) break;
      if (stream.write(`${format(line)}\n`)) continue;
      await drained(stream, over);
    }
  } finally {
    stream.off('close', onEnd).off('error', onEnd);
  }
};

const drained = async (stream: Writable, over: AbortSignal): Promise<void> => {
  try {
    await once(stream, 'drain', { signal: over });
  } catch {
    // closed, failed, or no longer wanted: the loop sees it
  }
};
