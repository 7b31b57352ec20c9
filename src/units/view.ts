import {
  findAlive,
  identityOf,
  type Identity,
  isAlive,
  type ProcessTable,
  sameIdentity,
} from '../model/process.js';
import type { Phase, Sighting } from '../model/sighting.js';
import { childrenOf } from '../model/tree.js';
import { endpointsOf, type ExitFact, type UnitRecord, type UnitRun } from '../model/unit.js';
import type { UnitView } from '../model/unit-view.js';
import { exitFactWords } from './exit-words.js';

/** What is not in the record itself, and not in the table. */
export type ViewFacts = {
  /** Where the record lies: names its manager. */
  readonly home: string;
  /** PIDs that carry the marker of the recorded generation; asked for only when the record names no process. */
  readonly marked?: readonly number[];
  /** Which of them are helpers, by their command line: one that has not forked yet is no server. */
  readonly helpers?: ReadonlySet<number>;
  /** Recorded in another PID namespace that lives: nothing is known of it here. */
  readonly elsewhere?: boolean;
};

/**
 * What is true of a recorded unit now. The record says what was spawned, the table says what is alive:
 *
 *     main alive                            running, or starting while somebody waits for it
 *     helper alive, its child not recorded  the same, the child is the main process
 *     nothing recorded of the spawn         the marker decides
 *     helper alive, nothing below it yet    starting
 *     gone, wanted down                     stopped, with the reason of the stop
 *     gone, of another boot                 stopped(reboot)
 *     gone, wanted up                       done where its type or policy allows that exit, else failed
 */
export const viewUnit = (
  record: UnitRecord,
  exit: ExitFact | null,
  processes: ProcessTable,
  facts: ViewFacts,
): UnitView => {
  const { run } = record;
  if (facts.elsewhere === true) {
    const reason = 'it was started in another PID namespace: only there is known whether it runs';
    return { record, main: null, helper: null, exit: null, state: 'failed', reason, sighting: null };
  }
  const found = run === null ? nothing : findProcesses(record, run, processes, facts);
  const { main, helper } = found;
  const last = exitOfServer(
    record,
    exit ?? (record.lastExit?.generation === run?.generation ? record.lastExit : null),
  );
  const base = { record, main, helper, exit: main === null ? last : null };
  if (run !== null && (main !== null || (helper !== null && record.spec.main.kind === 'pidFile'))) {
    const state =
      run.startedAt > 0 && isAwaited(run, processes) ? 'starting' : main === null ? 'failed' : 'running';
    const reason = state === 'failed' ? 'its launcher runs, and its PID file names no process' : null;
    const sighting = state === 'failed' ? null : sightingOf(record, run, found, state, facts.home);
    return { ...base, state, reason, sighting };
  }
  const isForking = helper !== null && run?.main === null && exit === null;
  const isComing = isForking || (run?.helper === null && isAwaited(run, processes));
  if (isComing && record.desired === 'up')
    return { ...base, state: 'starting', reason: null, sighting: null };
  return { ...base, ...restOf(record, last, processes.boot), sighting: null };
};

type Found = { readonly main: Identity | null; readonly helper: Identity | null };

const nothing: Found = { main: null, helper: null };

const findProcesses = (
  record: UnitRecord,
  run: UnitRun,
  table: ProcessTable,
  { marked = [], helpers = new Set() }: ViewFacts,
): Found => {
  const helper = run.helper !== null && findAlive(table, run.helper) !== undefined ? run.helper : null;
  const main = run.main !== null && findAlive(table, run.main) !== undefined ? run.main : null;
  if (main !== null || run.main !== null) return { main, helper };
  if (helper === null) return findMarked(table, marked, helpers);
  if (record.spec.main.kind === 'pidFile') return { main: null, helper };
  return { main: firstChild(table, helper.pid), helper };
};

/** The exit 0 of a launcher that handed over to a daemon tells nothing about the daemon. */
const exitOfServer = ({ spec }: UnitRecord, exit: ExitFact | null): ExitFact | null =>
  spec.main.kind === 'pidFile' && exit?.code === 0 ? { ...exit, code: null, observed: false } : exit;

const firstChild = (table: ProcessTable, pid: number): Identity | null => {
  const row = childrenOf(table, pid).find(isAlive);
  return row === undefined ? null : identityOf(table, row);
};

/** Of all that carry the marker, the helper leads its session and stands above the others. */
const findMarked = (table: ProcessTable, marked: readonly number[], helpers: ReadonlySet<number>): Found => {
  const rows = marked.flatMap((pid) => table.rows.get(pid) ?? []).filter(isAlive);
  const pids = new Set(rows.map(({ pid }) => pid));
  const top = rows
    .filter(({ ppid }) => !pids.has(ppid))
    .sort((a, b) => a.start - b.start || a.pid - b.pid)[0];
  if (top === undefined) return nothing;
  const identity = identityOf(table, top);
  const main = firstChild(table, top.pid);
  // The table is older than what tells the helpers: in it one may not lead its session yet, or have no child.
  if (helpers.has(top.pid)) return { main, helper: identity };
  return top.session !== top.pid || main === null
    ? { main: identity, helper: null }
    : { main, helper: identity };
};

const isAwaited = (run: UnitRun, table: ProcessTable): boolean =>
  run.readyAt === null &&
  run.waiter !== undefined &&
  run.waiter !== null &&
  findAlive(table, run.waiter) !== undefined;

const restOf = (
  record: UnitRecord,
  exit: ExitFact | null,
  boot: string,
): Pick<UnitView, 'state' | 'reason'> => {
  const { run, desired, message } = record;
  if (desired === 'down') return { state: 'stopped', reason: message ?? stopWords[record.reason ?? 'asked'] };
  if (run === null) return { state: 'failed', reason: message ?? 'it was never started' };
  const recorded = run.main ?? run.helper;
  if (recorded !== null && recorded.boot !== boot) return { state: 'stopped', reason: stopWords.reboot };
  if (record.reason === 'restart') return { state: 'failed', reason: stopWords.restart };
  if (record.reason === 'start-failed')
    return { state: 'failed', reason: message ?? stopWords['start-failed'] };
  if (exit?.code !== null && exit !== null && endsWell(record, exit.code)) {
    return { state: 'done', reason: exitFactWords(exit) };
  }
  if (exit !== null) return { state: 'failed', reason: exitFactWords(exit) };
  const words =
    recorded === null ? 'nothing was spawned: its start was cut short' : 'its exit was not observed';
  return { state: 'failed', reason: words };
};

const stopWords = {
  asked: 'stopped as asked',
  exited: 'it ended',
  reboot: 'it ran before the last reboot, or in another PID namespace',
  interrupted: 'its start was interrupted',
  'start-failed': 'its start failed',
  restart: 'it was stopped for a restart, which was cut short before it was started again',
} as const;

/** Does its type or its restart policy allow this end? */
export const endsWell = (record: Pick<UnitRecord, 'spec'>, code: number): boolean => {
  const { type, restart } = record.spec;
  const clean = code === 0 || restart.exitCodes.includes(code);
  return clean && (type === 'task' || restart.policy !== 'always');
};

const sightingOf = (
  record: UnitRecord,
  run: UnitRun,
  { main, helper }: Found,
  phase: Phase,
  home: string,
): Sighting => {
  const place = `unit ${record.id} in ${home}`;
  const spawned = run.main !== null && main !== null && sameIdentity(run.main, main);
  const text =
    main === null
      ? `${place}: its launcher has PID ${helper?.pid ?? 0} and has not handed over yet`
      : spawned
        ? `${place}: PID ${main.pid}, generation ${run.generation}, started at tick ${main.start} as recorded`
        : `${place}: PID ${main.pid} carries the marker of generation ${run.generation} or descends from its helper`;
  return {
    role: 'owner',
    manager: { style: record.spec.style, name: `mpm-io at ${home}`, pid: null },
    phase,
    ready: run.readyAt === null ? null : true,
    main,
    endpoints: endpointsOf(record.spec, run.port),
    proven: true,
    evidence: [{ source: 'record', text }],
  };
};
