import { mpmError } from '../model/errors/index.js';
import type { InstanceKey } from '../model/key.js';
import type { ProcessTable } from '../model/process.js';
import type { UnitSpec } from '../model/unit.js';
import { checkStart } from './check-start.js';
import { confirmReady } from './confirm-ready.js';
import type { RemoveOptions, StartOptions, StartOutcome, Units } from './contract.js';
import { refuseElsewhere } from './elsewhere.js';
import { follow } from './follow.js';
import { createKeeper, failedStart, isGivenUp, type Keeper, type LauncherOptions } from './keeper.js';
import { launch, type LaunchResult } from './launch.js';
import { endLeftovers } from './leftovers.js';
import { logFilesOf } from './log-files.js';
import { findUnit, type Records, type StoredUnit } from './records.js';
import { stopUnit } from './stop-unit.js';
import { forget } from './store.js';
import { viewUnits } from './views.js';
import { awaitOthers } from './wait-for.js';

/**
 * Keeps units without a supervisor: each command decides under the home's lock, spawns, and lets go of it before it
 * waits. What it starts outlives it, and the next command finds it by its record.
 */
export const createLauncher = (options: LauncherOptions): Units => {
  const keeper = createKeeper(options);
  return {
    start: (spec, startOptions) => start(keeper, spec, startOptions),
    check: (spec, startOptions) => checkStart(keeper, spec, startOptions),
    confirmReady: (key, confirmOptions) => confirmReady(keeper, key, confirmOptions),
    stop: (key, stopOptions) => stopUnit(keeper, key, stopOptions),
    remove: (key, removeOptions) => remove(keeper, key, removeOptions),
  };
};

const busyPoll = 25;

const start = async (keeper: Keeper, spec: UnitSpec, options: StartOptions): Promise<StartOutcome> => {
  const begun = keeper.host.clock.monotonic();
  try {
    const result = await begin(keeper, spec, options, begun);
    if (result.kind === 'outcome') return result.outcome;
    if (result.kind === 'busy') {
      if (options.noWait && result.spawned) return { kind: 'spawned', main: null, port: result.port };
      throw mpmError('START_PENDING', { server: spec.key, ms: spec.ready.timeout });
    }
    const launched = await result.launched;
    const outcome = await follow(keeper, launched, options, begun);
    await launched.flushed;
    return outcome;
  } catch (error) {
    return failedStart(error);
  }
};

const interrupted: LaunchResult = { kind: 'outcome', outcome: { kind: 'interrupted' } };

const begin = async (
  keeper: Keeper,
  spec: UnitSpec,
  options: StartOptions,
  begun: number,
): Promise<LaunchResult> => {
  try {
    const goOn = await prepare(keeper, spec, options, begun);
    return goOn ? await launchWhenFree(keeper, spec, options, begun) : interrupted;
  } catch (error) {
    if (isGivenUp(error, options.signal)) return interrupted;
    throw error;
  }
};

/** What takes its time and needs no lock: the ends of a crashed tree, and what the unit waits for. */
const prepare = async (
  keeper: Keeper,
  spec: UnitSpec,
  options: StartOptions,
  begun: number,
): Promise<boolean> => {
  const { records, since } = await keeper.lock(
    (tenure) => ({ records: keeper.read.all(tenure), since: Math.max(begun, tenure.since) }),
    options.signal,
  );
  const existing = findUnit(records, spec.key);
  const run = existing?.run ?? null;
  if (existing !== undefined) refuseElsewhere(keeper.host, existing);
  const lives = async (from: number): Promise<boolean> =>
    existing !== undefined && isAlive(keeper, existing, records, (await keeper.scans.after(from)).table);
  if (existing?.desired === 'up' && run !== null && !(await lives(since)))
    await endLeftovers(keeper, existing, run, options.progress);
  if (spec.waitFor.length === 0) return !options.signal.aborted;
  if (await lives(keeper.host.clock.monotonic())) return true;
  return awaitOthers(keeper, spec, run?.port ?? null, options);
};

const isAlive = (
  { host, home }: Keeper,
  unit: StoredUnit,
  records: Records,
  table: ProcessTable,
): boolean => {
  const one = { ...records, records: [unit] };
  const view = viewUnits(host, home, one, table).get(unit.spec.key);
  return view !== undefined && (view.main !== null || view.state === 'starting');
};

const launchWhenFree = async (
  keeper: Keeper,
  spec: UnitSpec,
  options: StartOptions,
  begun: number,
): Promise<LaunchResult> => {
  const deadline = begun + spec.ready.timeout;
  for (let since = begun; ; since = keeper.host.clock.monotonic()) {
    const result = await keeper.lock(
      (tenure) => launch(keeper, spec, options, tenure, since),
      options.signal,
    );
    if (result.kind !== 'busy' || keeper.host.clock.monotonic() >= deadline) return result;
    await keeper.host.clock.sleep(busyPoll, options.signal);
  }
};

const remove = (keeper: Keeper, key: InstanceKey, { logs, signal }: RemoveOptions): Promise<boolean> =>
  keeper.lock((tenure) => {
    const { host, home } = keeper;
    const records = keeper.read.all(tenure);
    const unit = findUnit(records, key);
    if (unit !== undefined) refuseElsewhere(host, unit);
    if (unit === undefined || isAlive(keeper, unit, records, host.processes.table())) return false;
    if (logs) {
      const { out, err } = logFilesOf(home, unit.spec);
      for (const file of [out, err]) if (file !== null) host.files.remove(file);
    }
    keeper.read.changed(unit.id);
    forget(host, home, unit, records);
    return true;
  }, signal);
