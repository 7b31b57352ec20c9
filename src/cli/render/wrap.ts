import { cut, visibleWidth } from '../../model/text.js';
import type { Terminal } from './terminal.js';

/**
 * A sentence over as many lines as it needs, each but the first indented. Where it is no TTY it stays one line.
 * A word that is wider than a line stands alone and is not broken: paths and commands must stay whole to be copied.
 */
export const wrap = (text: string, terminal: Terminal, indent: string, first = indent): string => {
  if (!terminal.tty) return first + text;
  const width = Math.max(20, terminal.width);
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && visibleWidth(line) + 1 + visibleWidth(word) > width) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
};

/** One line, cut at the terminal's edge where there is one. */
export const oneLine = (text: string, terminal: Terminal): string =>
  terminal.tty ? cut(text, terminal.width, terminal.unicode ? '…' : '~') : text;
