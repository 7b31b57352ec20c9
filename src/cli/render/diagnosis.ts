import type {
  ChainLink,
  Claim,
  DiagnosisReport,
  PortDiagnosis,
  PortHolder,
  PortListener,
} from '../../engine/diagnosis.js';
import { formatDuration } from '../../model/duration.js';
import { formatAddress } from '../../model/socket.js';
import { sanitise } from '../../model/text.js';
import { findingParagraph } from './findings.js';
import { painter } from './terminal.js';
import type { Terminal } from './terminal.js';
import { oneLine, wrap } from './wrap.js';

/** Who holds what, who claims it and on what evidence, what disagrees, and what to do. Ends with a newline. */
export const diagnoseText = (report: DiagnosisReport, terminal: Terminal, now: number): string => {
  const title = (words: string): string => painter(terminal)('bold', words);
  const sections = [
    ...report.ports.map((port) => portLines(port, terminal, now)),
    section(
      title('Claimed by'),
      report.claims.flatMap((claim) => claimLines(claim, terminal)),
    ),
    ...report.chains.map((chain) => section(title('Started by'), chainLines(chain, terminal))),
    section(
      title('Could not look'),
      report.blind.map((words) => wrap(sanitise(words), terminal, '  ')),
    ),
    ...report.findings.map((finding) => findingParagraph(finding, terminal)),
  ].filter((lines) => lines.length > 0);
  const verdict = report.findings.length > 0 ? [] : [[verdictLine(report, terminal)]];
  return `${[...sections, ...verdict].map((lines) => lines.join('\n')).join('\n\n')}\n`;
};

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines];

const verdictLine = ({ blind }: DiagnosisReport, terminal: Terminal): string => {
  const paint = painter(terminal);
  return blind.length === 0
    ? paint('green', 'Nothing disagrees.')
    : paint('yellow', 'Nothing disagrees in what could be looked at.');
};

const portLines = (diagnosis: PortDiagnosis, terminal: Terminal, now: number): readonly string[] => {
  const title = painter(terminal)('bold', `Port ${diagnosis.port}`);
  if (diagnosis.listeners.length > 0) {
    return [
      title,
      ...diagnosis.listeners.flatMap((listener) => listenerLines(listener, diagnosis.port, terminal, now)),
    ];
  }
  const words = diagnosis.free
    ? 'free: nobody listens'
    : 'taken, and the holder is not visible: another user’s, or in another network namespace';
  return [title, wrap(words, terminal, '  ')];
};

const listenerLines = (
  listener: PortListener,
  port: number,
  terminal: Terminal,
  now: number,
): readonly string[] => {
  const where = `  IPv${listener.family}  ${formatAddress(sanitise(listener.address), port)}`;
  const note = listener.note === null ? '' : `  (${sanitise(listener.note)})`;
  const holders =
    listener.holders.length === 0
      ? [wrap('held by a process that you may not see', terminal, '      ', '    ')]
      : listener.holders.flatMap((holder) => holderLines(holder, terminal, now));
  return [wrap(where + note, terminal, '        ', ''), ...holders];
};

const holderLines = (holder: PortHolder, terminal: Terminal, now: number): readonly string[] => {
  const facts = [
    holder.user === null ? null : `user ${sanitise(holder.user)}`,
    holder.since === null ? null : `for ${formatDuration(now - holder.since)}`,
    holder.manager === null ? 'run by nobody that is known' : `run by ${sanitise(holder.manager)}`,
  ].filter((fact) => fact !== null);
  return [
    oneLine(`    pid ${holder.pid}  ${sanitise(holder.command)}`, terminal),
    wrap(facts.join(', '), terminal, '      '),
  ];
};

const claimLines = (claim: Claim, terminal: Terminal): readonly string[] => {
  const style = sanitise(claim.style);
  const facts = [
    `${style} ${claim.role === 'owner' ? 'owns' : 'sees'} ${sanitise(claim.name)}`,
    claim.pid === null ? null : `pid ${claim.pid}`,
    claim.manager === null ? null : `by ${sanitise(claim.manager)}`,
    claim.proven ? 'proven' : 'not proven',
  ].filter((fact) => fact !== null);
  const head = wrap(facts.join(', '), terminal, '      ', '  ');
  const evidence = claim.evidence.map(({ source, text }) =>
    wrap(`${sanitise(source)}: ${sanitise(text)}`, terminal, '      ', '    '),
  );
  return [`  ${painter(terminal)('cyan', style)}${head.slice(style.length + 2)}`, ...evidence];
};

const chainLines = (chain: readonly ChainLink[], terminal: Terminal): readonly string[] =>
  chain.map((link, depth) => {
    const branch = depth === 0 ? '' : `${'  '.repeat(depth - 1)}${terminal.unicode ? '└─ ' : '`- '}`;
    const what = link.what === null ? '' : `  (${sanitise(link.what)})`;
    const user = link.user === null ? '' : ` ${sanitise(link.user)}`;
    return oneLine(`  ${branch}${link.pid}${user}  ${sanitise(link.command)}${what}`, terminal);
  });
