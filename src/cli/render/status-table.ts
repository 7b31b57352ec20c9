import type { InstanceReport, StatusReport } from '../../engine/report.js';
import type { Say } from '../../engine/say.js';
import { displayInstance } from '../../model/key.js';
import { formatAge, formatSize } from '../../model/duration.js';
import { sanitise } from '../../model/text.js';
import { findingLines } from './findings.js';
import { stateSign } from './symbols.js';
import { tableLines } from './table.js';
import type { Column } from './table.js';
import { painter } from './terminal.js';
import type { Terminal } from './terminal.js';
import { wrap } from './wrap.js';

/** The file here, and what an empty table comes from. */
export type Here = {
  readonly file: string | null;
  readonly why: 'nothing declared' | 'nothing recorded' | 'nothing matches';
};

const nothingHere: Here = { file: null, why: 'nothing declared' };

/** The whole of `status` on stdout: servers, what nobody declared, why something is down, findings. Ends with a newline. */
export const statusTable = (
  report: StatusReport,
  terminal: Terminal,
  say: Say,
  here: Here = nothingHere,
): string => {
  const blocks = [
    report.servers.length === 0
      ? emptyLines(report, say, here)
      : tableLines(columns(terminal), report.servers, terminal),
    reasonLines(report, terminal),
    undeclaredLines(report, terminal),
    report.findings.flatMap((finding) => findingLines(finding, terminal)),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
};

/** What people call an instance: with its namespace and its number where they tell something. */
export const instanceName = (row: InstanceReport): string =>
  sanitise(displayInstance(row.key, row.instances));

const columns = (terminal: Terminal): readonly Column<InstanceReport>[] => [
  { title: 'id', rank: 6, side: 'right', cell: (row) => text(row.id) },
  { title: 'name', rank: 0, least: 16, cell: (row) => ({ text: instanceName(row), colour: 'bold' }) },
  { title: 'style', rank: 7, cell: (row) => text(sanitise(row.style)) },
  { title: 'state', rank: 0, cell: (row) => stateCell(row, terminal) },
  { title: 'ready', rank: 9, cell: (row) => text(row.ready === null ? null : row.ready ? 'yes' : 'no') },
  { title: 'pid', rank: 2, side: 'right', cell: (row) => text(row.pid) },
  { title: 'port', rank: 1, side: 'right', cell: (row) => text(row.port) },
  { title: 'uptime', rank: 3, side: 'right', cell: (row) => text(row.uptimeMs, formatAge) },
  { title: terminal.unicode ? '↺' : 'restarts', rank: 5, side: 'right', cell: (row) => text(row.restarts) },
  { title: 'memory', rank: 4, side: 'right', cell: (row) => text(row.memory, formatSize) },
  { title: 'owner', rank: 8, least: 8, cell: (row) => text(sanitise(ownerText(row) ?? '-')) },
];

const text = <T extends string | number>(value: T | null, show: (value: T) => string = String) =>
  value === null ? { text: '-', colour: 'dim' as const } : { text: show(value) };

const stateCell = (row: InstanceReport, terminal: Terminal) => {
  const { symbol, colour } = stateSign(row.state, terminal);
  return { text: terminal.tty ? `${symbol} ${row.state}` : row.state, colour };
};

/** Who keeps it, in a few letters: `ours`, `adopted`, or the manager of somebody else's. */
export const ownerText = (row: InstanceReport): string | null => {
  if (row.origin === null) return null;
  if (row.origin !== 'external') return row.origin;
  return row.owner === null ? 'external' : `external: ${row.owner.manager}`;
};

const emptyLines = (report: StatusReport, say: Say, { file, why }: Here): readonly string[] => {
  const first = file === null ? emptyHome[why] : emptyFile[why](sanitise(file));
  if (report.undeclared.length > 0) return [first];
  return [
    first,
    '',
    file === null
      ? `  ${say('config', 'init')}  writes an ecosystem file to begin with`
      : `  ${say('config', 'show')}  shows what the file declares`,
    `  ${say('status', '--discover')}  shows servers that others run on this machine`,
  ];
};

const explained = new Set(['failed', 'unresponsive', 'unknown', 'backoff']);

/** Why something is not up, unless a finding says it already. */
const reasonLines = (report: StatusReport, terminal: Terminal): readonly string[] => {
  const told = new Set(report.findings.flatMap((finding) => finding.servers));
  const paint = painter(terminal);
  return report.servers
    .filter((row) => explained.has(row.state) && row.reason !== null && !told.has(row.key))
    .map((row) => {
      const { symbol, colour } = stateSign(row.state, terminal);
      const line = wrap(`${instanceName(row)}: ${sanitise(row.reason ?? '')}`, terminal, '  ', `${symbol} `);
      return paint(colour, symbol) + line.slice(symbol.length);
    });
};

const undeclaredLines = (report: StatusReport, terminal: Terminal): readonly string[] =>
  report.undeclared.length === 0
    ? []
    : [
        painter(terminal)('bold', 'Running, declared by nobody:'),
        ...tableLines(columns(terminal), report.undeclared, terminal),
      ];

const emptyHome: Readonly<Record<Here['why'], string>> = {
  'nothing declared': 'No server is declared here or recorded.',
  'nothing recorded': 'No server is declared here or recorded.',
  'nothing matches': 'No server that is recorded matches.',
};

const emptyFile: Readonly<Record<Here['why'], (file: string) => string>> = {
  'nothing declared': (file) => `${file} declares no server.`,
  'nothing recorded': (file) => `Nothing is recorded of ${file}.`,
  'nothing matches': (file) => `No server of ${file} matches.`,
};
