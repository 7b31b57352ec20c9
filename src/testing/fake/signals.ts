import { constants } from 'node:os';
import { isAlive, isStopped, type ProcessRow } from '../../model/process.js';
import type { FakeClock } from './clock.js';
import type { Entry } from './entry.js';

/** A signal that was sent, whatever came of it. */
export type SentSignal = { readonly pid: number; readonly signal: string; readonly at: number };

type Options = {
  readonly entries: ReadonlyMap<number, Entry>;
  readonly clock: FakeClock;
  readonly end: (pid: number) => void;
  readonly visible: (entry: Entry) => boolean;
};

const harmless = new Set(['SIGCHLD', 'SIGURG', 'SIGWINCH', 'SIGCONT']);
const stopping = new Set(['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']);

/** What signals do to fake processes: a stopped one takes all but SIGKILL when it is continued. */
export const createFakeSignals = ({ entries, clock, end, visible }: Options) => {
  const signals: SentSignal[] = [];
  const pending = new Map<Entry, readonly string[]>();

  const setState = (entry: Entry, state: string): void => {
    entry.row = Object.freeze({ ...entry.row, state } satisfies ProcessRow);
  };
  const take = (entry: Entry, signal: string): void => {
    entry.setup.onSignal?.(signal);
    if (entry.setup.ignores?.includes(signal) === true || !isCurrent(entries, entry)) return;
    if (stopping.has(signal)) setState(entry, 'T');
    else if (!harmless.has(signal)) endLater(entry);
  };
  const endLater = (entry: Entry): void => {
    const finish = (): void => {
      if (isCurrent(entries, entry)) end(entry.row.pid);
    };
    if (entry.setup.endsAfter === undefined) finish();
    else clock.at(clock.now() + entry.setup.endsAfter, finish);
  };
  const resume = (entry: Entry): void => {
    setState(entry, 'S');
    const waiting = pending.get(entry) ?? [];
    pending.delete(entry);
    for (const signal of waiting) take(entry, signal);
  };

  const deliver = (pid: number, signal: string): void => {
    if (!(signal in constants.signals)) throw new TypeError(`Unknown signal: ${signal}`);
    const entry = entries.get(pid);
    if (entry === undefined) throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' });
    if (!visible(entry)) throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    signals.push({ pid, signal, at: clock.now() });
    if (signal === 'SIGCONT' && isStopped(entry.row)) resume(entry);
    if (isStopped(entry.row) && signal !== 'SIGKILL' && signal !== 'SIGSTOP') {
      pending.set(entry, [...(pending.get(entry) ?? []), signal]);
    } else take(entry, signal);
  };
  return { signals, deliver };
};

const isCurrent = (entries: ReadonlyMap<number, Entry>, entry: Entry): boolean =>
  entries.get(entry.row.pid) === entry && isAlive(entry.row);
