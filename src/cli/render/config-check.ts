import type { ConfigWarning, Ecosystem, KeyReport } from '../../config/ecosystem.js';
import { sanitise } from '../../model/text.js';
import { fieldLines } from './fields.js';
import type { Field } from './fields.js';
import { severitySign } from './symbols.js';
import { painter } from './terminal.js';
import type { Terminal } from './terminal.js';
import { wrap } from './wrap.js';

const verdicts: readonly (readonly [KeyReport['verdict'], string])[] = [
  ['honoured', 'honoured'],
  ['differs', 'differs'],
  ['supervisor', 'needs the supervisor'],
  ['ignored', 'ignored'],
];

/** What `config check` says of a file: per server, which keys are honoured, which differ and how, which are ignored. Ends with a newline. */
export const configCheckText = (ecosystem: Ecosystem, terminal: Terminal): string => {
  if (ecosystem.file === null) return 'No ecosystem file was found. Write one with: mpm-io config init\n';
  const paint = painter(terminal);
  const names = [...new Set(ecosystem.keys.map(({ server }) => server))];
  const told = new Set(names);
  const others = ecosystem.warnings.filter(({ server }) => server === null || !told.has(server));
  const sections = [
    [wrap(sanitise(ecosystem.file), terminal, '', '')],
    ...names.map((name) => [paint('bold', sanitise(name)), ...serverLines(name, ecosystem, terminal)]),
    others.map((warning) => warningLine(warning, terminal)),
    [wrap(countLine(ecosystem), terminal, '  ', '')],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
};

const serverLines = (name: string, ecosystem: Ecosystem, terminal: Terminal): readonly string[] => {
  const keys = ecosystem.keys.filter(({ server }) => server === name);
  const paint = painter(terminal);
  return verdicts.flatMap(([verdict, words]) => {
    const group = keys.filter((key) => key.verdict === verdict);
    if (group.length === 0) return [];
    if (verdict === 'honoured') {
      return fieldLines([[words, group.map(({ key }) => sanitise(key)).join(', ')]], terminal);
    }
    const fields = group.map(({ key, how }): Field => [
      `${sanitise(key)}${lineOf(ecosystem, name, key)}`,
      sanitise(how ?? ''),
    ]);
    return [paint('yellow', `  ${words}`), ...fieldLines(fields, terminal, '    ')];
  });
};

const lineOf = (ecosystem: Ecosystem, server: string, key: string): string => {
  const warning = ecosystem.warnings.find(
    (candidate) => candidate.server === server && candidate.key === key,
  );
  return warning?.line === undefined || warning.line === null ? '' : ` (line ${warning.line})`;
};

const warningLine = (warning: ConfigWarning, terminal: Terminal): string => {
  const { symbol, colour } = severitySign('warning', terminal);
  const { path, key, message } = warning;
  // A message that begins with its key tells its servers itself; what is about the whole file has no path.
  const place = path === '' || message.startsWith(`${key} (`) ? [] : [sanitise(path)];
  const where = [...(warning.line === null || path === '' ? [] : [`line ${warning.line}`]), ...place].join(
    ', ',
  );
  const line = wrap(`${where === '' ? '' : `${where}: `}${sanitise(message)}`, terminal, '  ', `${symbol} `);
  return painter(terminal)(colour, symbol) + line.slice(symbol.length);
};

const countLine = ({ servers, keys }: Ecosystem): string => {
  const count = (verdict: KeyReport['verdict']): number =>
    keys.filter((key) => key.verdict === verdict).length;
  const parts = verdicts
    .map(([verdict, words]) => [count(verdict), words] as const)
    .filter(([amount]) => amount > 0)
    .map(([amount, words]) => `${amount} ${words}`);
  return [`${servers.length} server${servers.length === 1 ? '' : 's'}`, ...parts].join(', ');
};
