import type { State, StepReport } from '../../engine/report.js';
import type { Severity } from '../../model/finding.js';
import type { Colour, Terminal } from './terminal.js';

/** A sign that stands beside a word, never for it. */
export type Sign = { readonly symbol: string; readonly colour: Colour };

type SignRow = { readonly unicode: string; readonly ascii: string; readonly colour: Colour };

const states: Readonly<Record<State, SignRow>> = {
  online: { unicode: '●', ascii: '*', colour: 'green' },
  starting: { unicode: '◐', ascii: '~', colour: 'yellow' },
  stopping: { unicode: '◐', ascii: '~', colour: 'yellow' },
  backoff: { unicode: '◐', ascii: '~', colour: 'yellow' },
  stopped: { unicode: '○', ascii: '-', colour: 'dim' },
  done: { unicode: '✔', ascii: '+', colour: 'dim' },
  failed: { unicode: '✖', ascii: 'x', colour: 'red' },
  unresponsive: { unicode: '⚠', ascii: '!', colour: 'red' },
  unknown: { unicode: '◌', ascii: '?', colour: 'magenta' },
};

const severities: Readonly<Record<Severity, SignRow>> = {
  error: { unicode: '✖', ascii: 'x', colour: 'red' },
  warning: { unicode: '⚠', ascii: '!', colour: 'yellow' },
  info: { unicode: 'ℹ', ascii: 'i', colour: 'cyan' },
};

const outcomes: Readonly<Record<StepReport['outcome'], SignRow>> = {
  done: { unicode: '✔', ascii: '+', colour: 'green' },
  unchanged: { unicode: '●', ascii: '=', colour: 'dim' },
  failed: { unicode: '✖', ascii: 'x', colour: 'red' },
  refused: { unicode: '✖', ascii: 'x', colour: 'red' },
  skipped: { unicode: '○', ascii: '-', colour: 'dim' },
  planned: { unicode: '→', ascii: '>', colour: 'cyan' },
  interrupted: { unicode: '⚠', ascii: '!', colour: 'yellow' },
};

export const stateSign = (state: State, terminal: Terminal): Sign => pick(states[state], terminal);

export const severitySign = (severity: Severity, terminal: Terminal): Sign =>
  pick(severities[severity], terminal);

export const outcomeSign = (outcome: StepReport['outcome'], terminal: Terminal): Sign =>
  pick(outcomes[outcome], terminal);

const pick = (row: SignRow, terminal: Terminal): Sign => ({
  symbol: terminal.unicode ? row.unicode : row.ascii,
  colour: row.colour,
});

/** What marks text that was cut off. */
export const cutMark = (terminal: Terminal): string => (terminal.unicode ? '…' : '~');
