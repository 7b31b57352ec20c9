import type { InstanceReport, State, StatusReport } from '../../engine/report.js';
import { displayServer, serverOfInstance } from '../../model/key.js';
import { sanitise } from '../../model/text.js';
import type { Say } from '../../engine/say.js';
import { instanceName } from './status-table.js';
import { stateSign } from './symbols.js';
import { painter } from './terminal.js';
import type { Terminal } from './terminal.js';

const order: readonly State[] = [
  'online',
  'starting',
  'stopping',
  'backoff',
  'unresponsive',
  'failed',
  'unknown',
  'stopped',
  'done',
];

const troubled: readonly State[] = ['failed', 'unresponsive', 'backoff', 'unknown'];

/** One sentence for stderr, on one line so that its command can be copied: how many, in which state, and where to look for the first that is in trouble. Empty when there is nothing. */
export const statusSummary = (report: StatusReport, terminal: Terminal, say: Say): string => {
  const { servers } = report;
  if (servers.length === 0) return '';
  const names = new Set(servers.map((row) => serverOfInstance(row.key))).size;
  const counted =
    names === servers.length
      ? plural(names, 'server')
      : `${plural(names, 'server')}, ${plural(servers.length, 'instance')}`;
  const parts = order
    .map((state) => ({ state, rows: servers.filter((row) => row.state === state) }))
    .filter(({ rows }) => rows.length > 0)
    .map(({ state, rows }) => `${rows.length} ${state}${why(state, rows, say)}`);
  const sentence = [counted, ...parts].join(', ');
  const worst = troubled.find((state) => servers.some((row) => row.state === state));
  return worst === undefined ? sentence : painter(terminal)(stateSign(worst, terminal).colour, sentence);
};

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const why = (state: State, rows: readonly InstanceReport[], say: Say): string => {
  const row = rows[0];
  if (row === undefined || !troubled.includes(state)) return '';
  const reason = row.reason === null ? '' : `${firstSentence(sanitise(row.reason))}: `;
  const where =
    state === 'failed' || state === 'backoff'
      ? ['logs', displayServer(serverOfInstance(row.key))]
      : ['diagnose', displayServer(serverOfInstance(row.key))];
  return ` (${instanceName(row)}: ${reason}see ${sanitise(say(...where))})`;
};

const firstSentence = (text: string): string => text.split(/[.:;] /)[0]?.replace(/\.$/, '') ?? text;
