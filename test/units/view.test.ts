import test from 'ava';
import type { ProcessRow, ProcessTable } from '../../src/model/process.js';
import type { UnitRecord, UnitRun } from '../../src/model/unit.js';
import { exitWords } from '../../src/units/exit-words.js';
import { viewUnit } from '../../src/units/view.js';
import { unit } from './rig.js';

const boot = 'b/1';

const row = (pid: number, ppid: number, more: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  ppid,
  pgid: pid,
  session: pid,
  state: 'S',
  start: pid * 10,
  comm: 'x',
  cpuTicks: 0,
  rssBytes: 0,
  threads: 1,
  ...more,
});

const table = (...rows: ProcessRow[]): ProcessTable => ({
  boot,
  takenAt: 0,
  bootedAt: 0,
  ticksPerSecond: 100,
  rows: new Map(rows.map((each) => [each.pid, each])),
});

const id = (pid: number, more = {}) => ({ pid, start: pid * 10, boot, ...more });

const record = (run: Partial<UnitRun> | null, more: Partial<UnitRecord> = {}): UnitRecord => ({
  id: 3,
  spec: unit(),
  desired: 'up',
  reason: null,
  message: null,
  envName: null,
  lastExit: null,
  restarts: 0,
  run:
    run === null
      ? null
      : {
          generation: 2,
          main: id(11),
          helper: id(10),
          port: 3000,
          startedAt: 1,
          readyAt: 2,
          specHash: 'h',
          logOffset: { out: 0, err: 0 },
          ...run,
        },
  ...more,
});

const facts = { home: '/h' };
const both = table(row(10, 1), row(11, 10));

test('the main process decides, by its whole identity', (t) => {
  t.like(viewUnit(record({}), null, both, facts), {
    state: 'running',
    main: id(11),
    helper: id(10),
    reason: null,
  });
  const reused = table(row(10, 1), row(11, 10, { start: 5 }));
  t.like(viewUnit(record({}), null, reused, facts), { state: 'failed', main: null, sighting: null });
  const zombie = table(row(10, 1), row(11, 10, { state: 'Z' }));
  t.is(viewUnit(record({}), null, zombie, facts).state, 'failed');
});

test('what stands in the sighting: owner, home, endpoint, evidence', (t) => {
  const { sighting } = viewUnit(record({}), null, both, facts);
  t.like(sighting, {
    role: 'owner',
    manager: { style: 'supervised', name: 'mpm-io at /h', pid: null },
    phase: 'running',
    ready: true,
    main: id(11),
    proven: true,
    endpoints: [{ kind: 'tcp', port: 3000, host: '127.0.0.1' }],
  });
  t.is(sighting?.evidence[0]?.source, 'record');
});

test('starting only while somebody waits', (t) => {
  const waited = record({ readyAt: null, waiter: id(20) });
  t.is(viewUnit(waited, null, table(row(10, 1), row(11, 10), row(20, 1)), facts).state, 'starting');
  t.is(viewUnit(waited, null, both, facts).state, 'running');
  t.is(viewUnit(waited, null, both, facts).sighting?.ready, null);
});

test('spawned and not recorded: the helper’s child, or what carries the marker', (t) => {
  t.like(viewUnit(record({ main: null }), null, both, facts), { state: 'running', main: id(11) });
  const unknown = record({ main: null, helper: null });
  t.like(viewUnit(unknown, null, both, facts), { state: 'failed', main: null });
  const marked = { ...facts, marked: [11, 10] };
  t.like(viewUnit(unknown, null, both, marked), { state: 'running', main: id(11), helper: id(10) });
  const alone = { ...facts, marked: [10], helpers: new Set([10]) };
  t.like(viewUnit(unknown, null, table(row(10, 1)), alone), {
    state: 'starting',
    main: null,
    helper: id(10),
  });
  const forked = table(row(10, 1, { session: 5 }));
  t.like(viewUnit(unknown, null, forked, alone), { state: 'starting', main: null, helper: id(10) });
  t.like(viewUnit(unknown, null, table(row(10, 1)), { ...facts, marked: [10] }), { main: id(10) });
  const orphan = table(row(11, 1, { session: 10 }));
  t.like(viewUnit(unknown, null, orphan, { ...facts, marked: [11] }), {
    state: 'running',
    main: id(11),
    helper: null,
  });
});

test('gone: by its exit, its policy, and what was wanted', (t) => {
  const exit = (code: number | null) => ({ generation: 2, code, at: 5, observed: code !== null });
  const gone = table();
  t.like(viewUnit(record({}), exit(1), gone, facts), { state: 'failed', reason: 'exited with code 1' });
  t.like(viewUnit(record({}), exit(0), gone, facts), { state: 'failed', reason: 'exited with code 0' });
  t.like(viewUnit(record({}), null, gone, facts), { state: 'failed', reason: 'its exit was not observed' });
  const calm = record({}, { spec: unit({ restart: { policy: 'on-failure', exitCodes: [4] } }) });
  t.is(viewUnit(calm, exit(4), gone, facts).state, 'done');
  t.is(viewUnit(calm, exit(5), gone, facts).state, 'failed');
  const task = record({}, { spec: unit({ type: 'task' }) });
  t.is(viewUnit(task, exit(0), gone, facts).state, 'done');
  t.is(viewUnit(task, exit(1), gone, facts).state, 'failed');
  t.like(viewUnit(record({}, { desired: 'down', reason: 'asked' }), exit(143), gone, facts), {
    state: 'stopped',
    reason: 'stopped as asked',
  });
  const old = record({ main: id(11, { boot: 'other/1' }), helper: id(10, { boot: 'other/1' }) });
  t.like(viewUnit(old, null, both, facts), { state: 'stopped', main: null });
  const started = record({}, { reason: 'start-failed', message: 'no luck' });
  t.like(viewUnit(started, exit(1), gone, facts), { state: 'failed', reason: 'no luck' });
  t.is(viewUnit(record(null), null, gone, facts).state, 'failed');
  const daemon = record({}, { spec: unit({ main: { kind: 'pidFile', paths: [] } }) });
  t.like(viewUnit(daemon, exit(0), gone, facts), {
    state: 'failed',
    reason: 'ended; its exit was not observed',
  });
});

test('129 to 159 are told as what they may be', (t) => {
  t.is(exitWords(1), 'exited with code 1');
  t.is(exitWords(137), 'ended by signal 9 (SIGKILL), or exited with code 137');
  t.is(exitWords(160), 'exited with code 160');
});
