import { pad, sanitise } from '../model/text.js';
import type { LogLine } from './log-line.js';

export type LineFormat = {
  /** `raw`: as the server wrote it, with no prefix. `json`: one object a line. */
  readonly kind: 'prefixed' | 'raw' | 'json';
  readonly colour: boolean;
  /** A terminal must not be acted upon; a file or a pipe gets raw lines byte for byte. */
  readonly tty: boolean;
  /** How wide names are, so that lines stand under each other; see `widestName`. */
  readonly nameWidth: number;
};

/** A line as it is printed, without its line end. */
export const formatLine = (line: LogLine, format: LineFormat): string => {
  if (format.kind === 'json') return JSON.stringify(jsonOf(line));
  if (format.kind === 'raw') return format.tty ? safeLine(line.line, format.colour) : line.line;
  const name = pad(sanitise(line.source), format.nameWidth);
  const bar = line.stream === 'err' ? '!' : '|';
  const prefix = `${name} ${bar} `;
  return (format.colour ? coloured(prefix, line.source) : prefix) + safeLine(line.line, format.colour);
};

const jsonOf = ({ source, stream, line, at }: LogLine) => ({
  source,
  stream,
  line,
  at: at === null ? null : new Date(at).toISOString(),
});

/** Red and bright red are left out: they mean trouble. */
const palette = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94] as const;

/** A server keeps its colour, whichever others are shown. */
const coloured = (prefix: string, source: string): string => {
  let hash = 0;
  for (const character of source) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return `\u001b[${palette[hash % palette.length]}m${prefix}\u001b[39m`;
};

const colourCode = new RegExp(String.raw`\u001b\[([\d;]*)m`, 'g');

/**
 * A line of a server that is safe to print. Its colours are kept where colours are wanted and dropped elsewhere; everything else that would
 * act on a terminal is shown as an escape, hidden text included.
 */
const safeLine = (line: string, colour: boolean): string => {
  if (!line.includes('\u001b')) return escaped(line);
  let shown = '';
  let from = 0;
  for (const match of line.matchAll(colourCode)) {
    const [code, numbers = ''] = match;
    shown += escaped(line.slice(from, match.index)) + (colour && !hides(numbers) ? code : '');
    from = match.index + code.length;
  }
  const isColoured = shown.includes('\u001b');
  return shown + escaped(line.slice(from)) + (isColoured ? '\u001b[0m' : '');
};

/** 8 conceals what follows, unless it belongs to a colour of the large palettes. */
const hides = (numbers: string): boolean => /(^|;)0*8(;|$)/.test(numbers) && !/(^|;)[345]8;/.test(numbers);

/** Tabs stay: they only move to the right. */
const escaped = (text: string): string => text.split('\t').map(sanitise).join('\t');
