import type { ConfigWarning } from '../../config/ecosystem.js';
import { sanitise } from '../../model/text.js';
import { severitySign } from './symbols.js';
import type { Terminal } from './terminal.js';
import { painter } from './terminal.js';
import { wrap } from './wrap.js';

/** One line a warning; the same message about several servers is said once, and all that waits for a supervisor in one. */
export const warningLines = (warnings: readonly ConfigWarning[], terminal: Terminal): readonly string[] => {
  const { symbol, colour } = severitySign('warning', terminal);
  const waiting = warnings.filter(({ kind }) => kind === 'supervisor');
  const others = warnings.filter(({ kind }) => kind !== 'supervisor');
  return [...new Set([...others.map(textOf), ...supervisorText(waiting)])].map(
    (text) =>
      painter(terminal)(colour, symbol) + wrap(text, terminal, '  ', `${symbol} `).slice(symbol.length),
  );
};

/** `config check` tells the rest. */
const supervisorText = (warnings: readonly ConfigWarning[]): readonly string[] => {
  if (warnings.length === 0) return [];
  const keys = warnings.map(({ key, message }) =>
    sanitise(message.startsWith(`${key} (`) ? message.slice(0, message.indexOf('): ') + 1) : key),
  );
  return [`not honoured without a supervisor: ${keys.join(', ')}`];
};

/** What is about the whole file has no path. A message that begins with its key is about all servers that have the key. */
const textOf = ({ path, line, message, key }: ConfigWarning): string => {
  const where = line === null || path === '' ? '' : ` (line ${line})`;
  if (path === '' || message.startsWith(`${key} (`)) return sanitise(message);
  return sanitise(`${path}${where}: ${message}`);
};
