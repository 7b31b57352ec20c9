import { stripVTControlCharacters } from 'node:util';
import type { StepReport } from '../../engine/report.js';
import { pad, sanitise, visibleWidth } from '../../model/text.js';
import { outcomeSign } from './symbols.js';
import { painter } from './terminal.js';
import type { Terminal } from './terminal.js';
import { wrap } from './wrap.js';

/** What one step did, with what it saw where it did not go well. No newline at the end. */
export const stepLine = (step: StepReport, terminal: Terminal): string => {
  const { symbol, colour } = outcomeSign(step.outcome, terminal);
  const head = `${symbol} ${sanitise(step.server)}: `;
  const line = wrap(sanitise(step.message), terminal, '  ', head);
  const paint = painter(terminal);
  return [
    paint(colour, symbol) + line.slice(symbol.length),
    ...detailLines(step, terminal),
    ...hintLines(step, terminal),
  ].join('\n');
};

/** On one line, so that its command can be copied. */
const hintLines = ({ hint }: StepReport, { unicode }: Terminal): readonly string[] =>
  hint === null ? [] : [`  ${unicode ? '→' : '>'} ${sanitise(hint)}`];

/** Mostly what a server wrote: its colours are of no use here, its words are. */
const detailLines = ({ details, action, outcome }: StepReport, terminal: Terminal): readonly string[] => {
  // One rung that did it is what the line says already.
  if (action === 'stop' && outcome === 'done' && details.length === 1) return [];
  return details.map((detail) => {
    const text = sanitise(stripVTControlCharacters(detail).trimEnd());
    return painter(terminal)('dim', wrap(text, terminal, '      ', '    '));
  });
};

/** What would be done, in the order in which it would be. Ends with a newline. */
export const planText = (steps: readonly StepReport[], terminal: Terminal): string => {
  if (steps.length === 0) return 'There is nothing to do.\n';
  const paint = painter(terminal);
  const actions = Math.max(...steps.map(({ action }) => action.length));
  const names = Math.max(...steps.map(({ server }) => visibleWidth(sanitise(server))));
  const lines = steps.flatMap((step) => {
    const { symbol, colour } = outcomeSign(step.outcome, terminal);
    const action = pad(step.action, actions);
    const head = `${symbol} ${action}  `;
    const line = wrap(
      `${pad(sanitise(step.server), Math.min(names, 30))}  ${sanitise(step.message)}`.trimEnd(),
      terminal,
      ' '.repeat(visibleWidth(head)),
      head,
    );
    return [
      paint(colour, `${symbol} ${action}`) + line.slice(symbol.length + 1 + action.length),
      ...detailLines(step, terminal),
      ...hintLines(step, terminal),
    ];
  });
  return `${lines.join('\n')}\n`;
};
