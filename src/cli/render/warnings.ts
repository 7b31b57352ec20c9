import type { ConfigWarning } from '../../config/ecosystem.js';
import { sanitise } from '../../model/text.js';
import { severitySign } from './symbols.js';
import type { Terminal } from './terminal.js';
import { painter } from './terminal.js';
import { wrap } from './wrap.js';

/** One line a warning; the same message about several servers is said once. */
export const warningLines = (warnings: readonly ConfigWarning[], terminal: Terminal): readonly string[] => {
  const { symbol, colour } = severitySign('warning', terminal);
  return [...new Set(warnings.map(textOf))].map(
    (text) =>
      painter(terminal)(colour, symbol) + wrap(text, terminal, '  ', `${symbol} `).slice(symbol.length),
  );
};

/** A message that begins with its key needs no path in front: it is about all servers that have the key. */
const textOf = ({ path, line, message }: ConfigWarning): string => {
  const key = path.slice(path.lastIndexOf('.') + 1);
  if (path === '' || message.startsWith(`${key} (`)) return sanitise(message);
  return sanitise(`${path}${line === null ? '' : ` (line ${line})`}: ${message}`);
};
