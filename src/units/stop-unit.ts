import { isMpmError } from '../model/errors/index.js';
import type { InstanceKey } from '../model/key.js';
import type { ExitFact, UnitRun } from '../model/unit.js';
import type { StopOptions, StopOutcome } from './contract.js';
import { refuseElsewhere } from './elsewhere.js';
import { outcomeOf } from './halt.js';
import { isGivenUp, type Keeper, recordEnd, writeUnit } from './keeper.js';
import type { Tenure } from './lock.js';
import { removePidFile } from './pid-file.js';
import { findUnit, readExitFile, type StoredUnit } from './records.js';
import { endUnit, lookAtUnit } from './unit-tree.js';
import { viewUnits } from './views.js';

/** How long the helper may take to write down the exit of a child that has gone. */
const exitWait = 500;
/** How long a helper may take to fork, on a busy machine. */
const forkWait = 5000;

/**
 * Stops a recorded unit. That it is wanted down is written first: whatever happens to us in between, nobody takes it
 * for a crash.
 */
export const stopUnit = async (
  keeper: Keeper,
  key: InstanceKey,
  options: StopOptions,
): Promise<StopOutcome> => {
  const unrecorded: string[] = [];
  let unit: StoredUnit | undefined;
  try {
    unit = await keeper.lock((tenure) => wantDown(keeper, key, options, tenure, unrecorded), options.signal);
  } catch (error) {
    if (!isGivenUp(error, options.signal)) throw error;
    return giveUp(keeper, key);
  }
  if (unit === undefined || unit.run === null || isOfOtherBoot(keeper, unit.run)) return notRunning;
  const outcome = await endGeneration(keeper, unit, unit.run, options, unrecorded);
  const notes = unrecorded.map((text) => ({ what: 'write it down', outcome: text, ms: 0 }));
  return { ...outcome, attempts: [...outcome.attempts, ...notes] };
};

const wantDown = (
  keeper: Keeper,
  key: InstanceKey,
  { reason }: StopOptions,
  tenure: Tenure,
  unrecorded: string[],
): StoredUnit | undefined => {
  const found = findUnit(keeper.read.all(tenure), key);
  if (found === undefined) return undefined;
  refuseElsewhere(keeper.host, found);
  const wanted: StoredUnit = { ...found, desired: desiredAfter(reason), reason, message: null };
  keepGoing(unrecorded, () => writeUnit(keeper, wanted));
  return { ...wanted, damaged: unrecorded.length === 0 ? [] : found.damaged };
};

/** Before its turn came: nothing was written, and nothing signalled. */
const giveUp = async (keeper: Keeper, key: InstanceKey): Promise<StopOutcome> => {
  const unit = findUnit(keeper.read.all(), key);
  if (unit === undefined || unit.run === null || isOfOtherBoot(keeper, unit.run)) return notRunning;
  const { tree } = await lookAtUnit(keeper, unit.spec, unit.run);
  const left = tree.alive();
  if (left.length === 0) return { ...notRunning, spared: tree.spared() };
  return outcomeOf(tree, { attempts: [], left, openPorts: [], denied: false, aborted: true }, null);
};

const desiredAfter = (reason: StopOptions['reason']): 'up' | 'down' =>
  reason === 'start-failed' || reason === 'restart' ? 'up' : 'down';

/** A full or read-only disk must not keep a server alive: it is stopped all the same, and that is told. */
const keepGoing = (unrecorded: string[], write: () => void): void => {
  try {
    write();
  } catch (error) {
    if (!isMpmError(error)) throw error;
    if (!unrecorded.includes(error.message)) unrecorded.push(error.message);
  }
};

const notRunning: StopOutcome = {
  kind: 'not-running',
  attempts: [],
  survivors: [],
  spared: [],
  message: null,
};

const isOfOtherBoot = ({ self }: Keeper, run: UnitRun): boolean => {
  const recorded = run.main ?? run.helper;
  return recorded !== null && self !== null && recorded.boot !== self.boot;
};

/** Ends one generation and writes down how it ended. */
export const endGeneration = async (
  keeper: Keeper,
  unit: StoredUnit,
  run: UnitRun,
  options: StopOptions,
  unrecorded: string[] = [],
): Promise<StopOutcome> => {
  const { host } = keeper;
  const main = run.main ?? (await findMain(keeper, unit));
  const target = await lookAtUnit(keeper, unit.spec, run, main);
  const before = target.tree.alive();
  if (before.length === 0) {
    const spared = target.tree.spared();
    removePidFile(host, target.spec, main);
    await finish(keeper, unit, run, options, unrecorded);
    return { ...notRunning, spared };
  }
  const { stop } = target.spec;
  const policy = { ...stop, steps: [...(options.first ?? []), ...stop.steps] };
  const descent = await endUnit(keeper, target, options, policy);
  const outcome = outcomeOf(target.tree, descent, descent.denied ? deniedWords(before.length) : null);
  if (outcome.kind === 'stopped') {
    await awaitExitFile(keeper, unit, run);
    removePidFile(host, target.spec, main);
    await finish(keeper, unit, run, options, unrecorded);
  }
  return outcome;
};

const deniedWords = (processes: number): string =>
  `${processes === 1 ? 'Its process belongs' : 'Some of its processes belong'} to another user: run mpm-io as that user, or with sudo.`;

/** Spawned and not recorded: found by helper or marker. A helper that is about to fork is waited for. */
const findMain = async ({ host, home, read }: Keeper, unit: StoredUnit): Promise<UnitRun['main']> => {
  const deadline = host.clock.monotonic() + forkWait;
  for (;;) {
    const one = { ...read.all(), records: [{ ...unit, desired: 'up' as const }] };
    const view = viewUnits(host, home, one, host.processes.table()).get(unit.spec.key);
    const isForking = view?.state === 'starting' && view.main === null && view.helper !== null;
    if (!isForking || host.clock.monotonic() >= deadline) return view?.main ?? null;
    await host.clock.sleep(5);
  }
};

const awaitExitFile = async ({ host, home }: Keeper, unit: StoredUnit, run: UnitRun): Promise<void> => {
  const { helper } = run;
  const deadline = host.clock.monotonic() + exitWait;
  while (helper !== null && host.clock.monotonic() < deadline) {
    if (readExitFile(host, home, unit.id, run.generation) !== null) return;
    if (host.processes.identify(helper.pid)?.start !== helper.start) return;
    await host.clock.sleep(2);
  }
};

const finish = async (
  keeper: Keeper,
  unit: StoredUnit,
  run: UnitRun,
  { reason }: StopOptions,
  unrecorded: string[],
): Promise<void> => {
  try {
    await recordEnd(keeper, unit.id, run.generation, {
      desired: desiredAfter(reason),
      reason,
      message: unit.message,
      lastExit: exitOf(keeper, unit, run),
    });
  } catch (error) {
    keepGoing(unrecorded, () => {
      throw error;
    });
  }
};

/** What the helper wrote, else that nobody saw it. */
export const exitOf = ({ host, home }: Keeper, unit: StoredUnit, run: UnitRun): ExitFact => {
  const exit = readExitFile(host, home, unit.id, run.generation);
  const launcherOnly = unit.spec.main.kind === 'pidFile' && exit?.code === 0;
  if (exit !== null && !launcherOnly) return exit;
  return { generation: run.generation, code: null, at: host.clock.now(), observed: false };
};
