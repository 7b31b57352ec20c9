import { sanitise } from '../../model/text.js';
import { outcomeSign } from './symbols.js';
import { painter, type Terminal } from './terminal.js';
import { wrap } from './wrap.js';

/** One server's answer: healthy or not, and in which words. */
export const healthLine = (
  {
    name,
    healthy,
    text,
    ms,
  }: { readonly name: string; readonly healthy: boolean; readonly text: string; readonly ms: number | null },
  terminal: Terminal,
): string => {
  const { symbol, colour } = outcomeSign(healthy ? 'done' : 'failed', terminal);
  const words = `${sanitise(name)}: ${healthy ? 'healthy' : 'not healthy'}: ${sanitise(text)}${ms === null ? '' : ` (${ms} ms)`}`;
  return painter(terminal)(colour, symbol) + wrap(words, terminal, '  ', `${symbol} `).slice(symbol.length);
};
