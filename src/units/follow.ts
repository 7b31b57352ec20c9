import { isMpmError, mpmError } from '../model/errors/index.js';
import { sameIdentity, type Identity } from '../model/process.js';
import type { ExitFact } from '../model/unit.js';
import { awaitReady } from './await-ready.js';
import { findCause } from './cause.js';
import type { StartOptions, StartOutcome, StopOutcome } from './contract.js';
import { exitFactWords } from './exit-words.js';
import { awaitHandOver } from './hand-over.js';
import { failedStart, type Keeper, recordEnd, writeUnit } from './keeper.js';
import type { Launched } from './launch.js';
import { endLeftovers } from './leftovers.js';
import { removePidFile, writePidFile } from './pid-file.js';
import { endGeneration, exitOf } from './stop-unit.js';
import { endsWell } from './view.js';

/** How long the helper may take to write the exit of a child that has gone. */
const exitWait = 1000;
const taskPoll = 20;

/** From the spawn to the end of the start: ready, done, failed with the cause that was seen, or interrupted. */
export const follow = async (
  keeper: Keeper,
  launched: Launched,
  options: StartOptions,
  begun: number,
): Promise<StartOutcome> => {
  const { spec } = launched;
  const deadline = keeper.host.clock.monotonic() + spec.ready.timeout;
  if (spec.main.kind === 'pidFile') return followDaemon(keeper, launched, options, begun, deadline);
  const { main } = launched.run;
  if (main === null) return settleExit(keeper, launched, options, begun);
  return followMain(keeper, launched, main, options, begun, deadline);
};

const followDaemon = async (
  keeper: Keeper,
  launched: Launched,
  options: StartOptions,
  begun: number,
  deadline: number,
): Promise<StartOutcome> => {
  const { spec, run, unit } = launched;
  if (options.noWait) return { kind: 'spawned', main: null, port: run.port };
  const handOver = await awaitHandOver(keeper, launched, deadline, options.signal);
  switch (handOver.kind) {
    case 'main': {
      const { main } = handOver;
      const known = { ...launched, run: { ...run, main } };
      await keeper.lock(() => {
        const now = keeper.read.one(unit.id);
        if (now?.run?.generation !== run.generation) return;
        writeUnit(keeper, { ...now, run: { ...now.run, main } }, 'spawned');
      });
      return followMain(
        keeper,
        { ...known, unit: { ...unit, run: known.run } },
        main,
        options,
        begun,
        deadline,
      );
    }
    case 'failed':
    case 'lost':
      return settleExit(keeper, launched, options, begun);
    case 'aborted':
      return interrupt(keeper, launched, options);
    case 'late': {
      const facts = { server: spec.key, seen: handOver.seen, ms: spec.ready.timeout };
      return giveUp(keeper, launched, options, () => mpmError('PID_FILE_USELESS', facts));
    }
  }
};

const followMain = async (
  keeper: Keeper,
  launched: Launched,
  main: Identity,
  options: StartOptions,
  begun: number,
  deadline: number,
): Promise<StartOutcome> => {
  const { host, home, watch } = keeper;
  const { spec, run } = launched;
  const warning = writePidFile(host, spec, run, main);
  if (options.noWait) return { kind: 'spawned', main, port: run.port };
  if (spec.type === 'task') return followTask(keeper, launched, main, options, begun);
  const candidate = { ...launched, main, home: home.path };
  const verdict = await awaitReady(host, watch, candidate, deadline, options.signal, options.progress);
  switch (verdict.kind) {
    case 'ready': {
      await recordReady(keeper, launched);
      const warnings = [...verdict.warnings, ...(warning === null ? [] : [warning])];
      return { kind: 'ready', main, port: run.port, ms: since(keeper, begun), warnings };
    }
    case 'gone':
      return settleExit(keeper, launched, options, begun);
    case 'aborted':
      return interrupt(keeper, launched, options);
    case 'foreign': {
      const facts = { server: spec.key, port: run.port ?? 0, holder: `held by ${verdict.holder}` };
      return giveUp(keeper, launched, options, () => mpmError('PORT_TAKEN', facts));
    }
    case 'late': {
      const { expected, seen } = verdict;
      return giveUp(keeper, launched, options, (stopped) =>
        mpmError('READY_TIMEOUT', { server: spec.key, ms: spec.ready.timeout, expected, seen, stopped }),
      );
    }
  }
};

/** A task is not ready, it ends: however long that takes, unless the caller gives up. */
const followTask = async (
  keeper: Keeper,
  launched: Launched,
  main: Identity,
  options: StartOptions,
  begun: number,
): Promise<StartOutcome> => {
  const { host } = keeper;
  for (;;) {
    if (options.signal.aborted) return interrupt(keeper, launched, options);
    const now = host.processes.identify(main.pid);
    if (now === null || !sameIdentity(now, main)) return settleExit(keeper, launched, options, begun);
    await host.clock.sleep(taskPoll, options.signal);
  }
};

/** Nothing when another generation has taken its place meanwhile. */
export const recordReady = (
  keeper: Keeper,
  { unit: { id }, run }: Pick<Launched, 'unit' | 'run'>,
): Promise<void> =>
  keeper.lock(() => {
    const unit = keeper.read.one(id);
    if (unit?.run?.generation !== run.generation) return;
    const ready = { ...unit.run, readyAt: keeper.host.clock.now(), waiter: null };
    writeUnit(keeper, { ...unit, run: ready }, 'spawned');
  });

/** It has gone by itself: well, where its type or policy allows that end, else a failed start with its cause. */
const settleExit = async (
  keeper: Keeper,
  launched: Launched,
  options: StartOptions,
  begun: number,
): Promise<StartOutcome> => {
  const { host } = keeper;
  const { unit, run, spec, logs } = launched;
  const exit = await awaitExit(keeper, launched);
  await endLeftovers(keeper, unit, run, options.progress);
  removePidFile(host, spec, run.main);
  if (exit.code !== null && endsWell(unit, exit.code)) {
    await recordEnd(keeper, unit.id, run.generation, { lastExit: exit, reason: 'exited' });
    return { kind: 'done', code: 0, ms: since(keeper, begun) };
  }
  const { cwd } = spec.launch;
  const { stderr, ...cause } = findCause(host, {
    logs,
    offset: run.logOffset,
    cwd,
    port: run.port,
    code: exit.code,
    program: launched.program,
  });
  const facts = { server: spec.key, words: exitFactWords(exit), ...cause };
  const error = spec.type === 'task' ? mpmError('TASK_FAILED', facts) : mpmError('EXITED_EARLY', facts);
  const change = { lastExit: exit, reason: 'start-failed' as const, message: error.message };
  await recordEnd(keeper, unit.id, run.generation, change);
  return failedStart(error, stderr);
};

const awaitExit = async (keeper: Keeper, { unit, run, helper }: Launched): Promise<ExitFact> => {
  const { host } = keeper;
  const deadline = host.clock.monotonic() + exitWait;
  for (;;) {
    const exit = exitOf(keeper, unit, run);
    const helperLives = helper !== null && host.processes.identify(helper.pid)?.start === helper.start;
    // Read once more behind the helper's end: its last act was to write.
    if (exit.observed) return exit;
    if (!helperLives || host.clock.monotonic() >= deadline) return exitOf(keeper, unit, run);
    await host.clock.sleep(2);
  }
};

/** A start that cannot succeed any more does not leave half a server behind. */
const giveUp = async (
  keeper: Keeper,
  launched: Launched,
  options: StartOptions,
  explain: (stopped: string) => Error,
): Promise<StartOutcome> => {
  const { unit, run, spec, logs } = launched;
  const { stderr } = findCause(keeper.host, {
    logs,
    offset: run.logOffset,
    cwd: spec.launch.cwd,
    port: run.port,
    code: null,
    program: launched.program,
  });
  const stopped = await end(keeper, launched, options, 'start-failed');
  const error = explain(stopWords(stopped));
  if (!isMpmError(error)) throw error;
  await recordEnd(keeper, unit.id, run.generation, { reason: 'start-failed', message: error.message });
  return failedStart(error, stderr);
};

const stopWords = (stopped: StopOutcome): string =>
  stopped.kind === 'survived' || stopped.kind === 'refused'
    ? `It could not be stopped: ${stopped.message ?? ''}`
    : 'It was stopped.';

const interrupt = async (
  keeper: Keeper,
  launched: Launched,
  options: StartOptions,
): Promise<StartOutcome> => {
  // What a restart has stopped stays wanted up: that it is down is told, and its start brings it back.
  await end(keeper, launched, options, launched.isRestart ? 'restart' : 'interrupted');
  return { kind: 'interrupted' };
};

/** Not by the signal of the start: that has fired. */
const end = (
  keeper: Keeper,
  { unit, run }: Launched,
  { progress }: StartOptions,
  reason: 'interrupted' | 'start-failed' | 'restart',
): Promise<StopOutcome> => {
  const options = { reason, force: false, signal: new AbortController().signal, progress };
  return endGeneration(keeper, unit, run, options);
};

const since = ({ host }: Keeper, begun: number): number => Math.round(host.clock.monotonic() - begun);
