import { createRequire } from 'node:module';
import type stringWidthOf from 'string-width';

/**
 * Everything that could move a cursor, change a terminal, reorder or hide text: C0 and C1 controls, line separators, bidi marks and
 * overrides, invisible characters, tags, lone surrogates. The joiner U+200D stays: emoji are made with it.
 */
const unsafe =
  /[\p{Control}\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu;

/**
 * Text that somebody else wrote, made safe to print: what would act on the terminal is shown as an escape.
 * Names, reasons, process titles and log lines all pass here before they meet a terminal.
 */
export const sanitise = (text: string): string => text.replace(unsafe, escapeCharacter);

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

const escapeCharacter = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return shortEscapes[character] ?? (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`);
};

/** Latin, Greek, Cyrillic and the symbols of our own tables: each takes one cell, and no library is needed to know it. */
const oneCellEach = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f●○◐◌✔✖⚠↺…└├─│·—–→‘’“”ℹ]*$/u;

/** How many cells a text without escape sequences takes on a terminal. */
export const visibleWidth = (text: string): number =>
  oneCellEach.test(text) ? text.length : stringWidth(text);

/** Cut to a width, never inside a character; what was cut is marked. */
export const cut = (text: string, width: number, mark = '…'): string => {
  if (visibleWidth(text) <= width) return text;
  const room = width - visibleWidth(mark);
  if (room < 0) return '';
  let kept = '';
  let used = 0;
  for (const cluster of clusters(text)) {
    const cells = visibleWidth(cluster);
    if (used + cells > room) break;
    kept += cluster;
    used += cells;
  }
  return kept.trimEnd() + mark;
};

/** Filled with spaces up to a width, on the right or, for numbers, on the left. */
export const pad = (text: string, width: number, side: 'left' | 'right' = 'left'): string => {
  const space = ' '.repeat(Math.max(0, width - visibleWidth(text)));
  return side === 'left' ? text + space : space + text;
};

/** What people see as one character: a letter with its marks, a whole emoji. */
const clusters = (text: string): Iterable<string> =>
  oneCellEach.test(text) ? text : Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);

type StringWidth = typeof stringWidthOf;

let loaded: StringWidth | undefined;

/** The library costs 30 ms to load, so it is loaded when the first text comes that needs it. */
const stringWidth = (text: string): number => {
  const require = createRequire(import.meta.url);
  loaded ??= (require('string-width') as { default: StringWidth }).default;
  return loaded(text);
};
