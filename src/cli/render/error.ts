import { sanitise } from '../../model/text.js';
import { painter } from './terminal.js';
import type { Terminal } from './terminal.js';
import { wrap } from './wrap.js';

/** What an error of the catalogue carries; its class does not matter. */
export type ErrorFacts = {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly docs: string;
  readonly facts: Readonly<Record<string, unknown>>;
};

/** What went wrong and what to do next, for stderr. A hint stays on its line, so that its command can be copied. Ends with a newline. */
export const errorText = (error: ErrorFacts, terminal: Terminal): string => {
  const paint = painter(terminal);
  const [first = '', ...others] = error.message.split('\n');
  const head = 'Error: ';
  const line = wrap(sanitise(first), terminal, '  ', head);
  const arrow = terminal.unicode ? '→' : '>';
  return `${[
    paint('red', head) + line.slice(head.length),
    ...others.map((other) => wrap(sanitise(other), terminal, '    ', '  ')),
    ...error.hint
      .split('\n')
      .filter((hint) => hint !== '')
      .map((hint, index) => `${index === 0 ? `  ${arrow} ` : '    '}${sanitise(hint)}`),
    paint('dim', `  ${error.code}, ${error.docs}`),
  ].join('\n')}\n`;
};

/** The document that `--json` prints for a failure. Ends with a newline. */
export const errorJson = ({ code, message, hint, docs, facts }: ErrorFacts): string =>
  `${JSON.stringify({ error: { code, message, hint, docs, facts } }, jsonValue(), 2)}\n`;

/** Facts come from anywhere: what JSON cannot hold becomes text, and a circle is cut. */
const jsonValue = () => {
  const above: unknown[] = [];
  return function (this: unknown, _key: string, value: unknown): unknown {
    if (typeof value === 'bigint') return value.toString();
    if (value instanceof Error) return value.message;
    if (value instanceof Map) return Object.fromEntries(value);
    if (value instanceof Set) return [...value];
    if (typeof value !== 'object' || value === null) return value;
    while (above.length > 0 && above.at(-1) !== this) above.pop();
    if (above.includes(value)) return '(circular)';
    above.push(value);
    return value;
  };
};
