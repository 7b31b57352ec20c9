import type { Finding } from '../../model/finding.js';
import { sanitise } from '../../model/text.js';
import { severitySign } from './symbols.js';
import { painter } from './terminal.js';
import type { Terminal } from './terminal.js';
import { wrap } from './wrap.js';

/** A finding in short: what is wrong and the first command that helps. */
export const findingLines = (finding: Finding, terminal: Terminal): readonly string[] => {
  const first = finding.remedies[0];
  return [
    headLine(finding, terminal),
    ...(first === undefined ? [] : [remedyLine(first.text, first.shell, terminal)]),
  ];
};

/** A finding in full: with what shows it and everything that helps. */
export const findingParagraph = (finding: Finding, terminal: Terminal): readonly string[] => [
  headLine(finding, terminal),
  ...finding.evidence.map(({ source, text }) =>
    wrap(`${sanitise(source)}: ${sanitise(text)}`, terminal, '      ', '    '),
  ),
  ...finding.remedies.map(({ text, shell }) => remedyLine(text, shell, terminal)),
];

const headLine = (finding: Finding, terminal: Terminal): string => {
  const { symbol, colour } = severitySign(finding.severity, terminal);
  const words = `${finding.severity}: ${sanitise(finding.message)}`;
  const line = wrap(words, terminal, '  ', `${symbol} `);
  const head = `${symbol} ${finding.severity}:`;
  return painter(terminal)(colour, head) + line.slice(head.length);
};

/** The command stands on a line of its own, whole, so that it can be copied. */
const remedyLine = (text: string, shell: string | null, terminal: Terminal): string => {
  const arrow = terminal.unicode ? '→' : '>';
  const said = sanitise(text).replace(/[.:]$/, '');
  if (shell === null) return wrap(said, terminal, '    ', `  ${arrow} `);
  const command = painter(terminal)('cyan', sanitise(shell));
  return said === ''
    ? `  ${arrow} ${command}`
    : `${wrap(`${said}:`, terminal, '    ', `  ${arrow} `)}\n      ${command}`;
};
