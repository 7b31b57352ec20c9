import { pad, visibleWidth } from '../../model/text.js';
import { painter } from './terminal.js';
import type { Terminal } from './terminal.js';
import { wrap } from './wrap.js';

/** A label and what stands behind it, both sanitised. */
export type Field = readonly [label: string, value: string];

/** Labels in one column, values in another; long values go on under themselves. */
export const fieldLines = (
  fields: readonly Field[],
  terminal: Terminal,
  indent = '  ',
): readonly string[] => {
  const widest = Math.max(0, ...fields.map(([label]) => visibleWidth(label)));
  const paint = painter(terminal);
  return fields.map(([label, value]) => {
    const head = `${indent}${pad(label, widest)}  `;
    const line = wrap(value, terminal, ' '.repeat(head.length), head);
    return indent + paint('dim', pad(label, widest)) + line.slice(indent.length + pad(label, widest).length);
  });
};
