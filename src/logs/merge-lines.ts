import type { LogLine } from './log-line.js';

/**
 * Several files as one, by time. Each file keeps its own order; a line whose time is not known goes before what waits elsewhere, so that
 * files without times come one after the other.
 */
export const mergeLines = (files: readonly (readonly LogLine[])[]): readonly LogLine[] => {
  const waiting = files.filter((lines) => lines.length > 0).map((lines) => ({ lines, next: 0 }));
  if (waiting.length <= 1) return waiting[0]?.lines ?? [];
  const merged: LogLine[] = [];
  const total = waiting.reduce((sum, { lines }) => sum + lines.length, 0);
  while (merged.length < total) {
    let chosen: (typeof waiting)[number] | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const file of waiting) {
      const line = file.lines[file.next];
      if (line === undefined) continue;
      const at = line.at ?? Number.NEGATIVE_INFINITY;
      if (chosen === undefined || at < earliest) {
        chosen = file;
        earliest = at;
      }
    }
    const line = chosen?.lines[chosen.next];
    if (chosen === undefined || line === undefined) break;
    merged.push(line);
    chosen.next += 1;
  }
  return merged;
};
