import type { Host } from '../host/host.js';
import { isMpmError } from '../model/errors/index.js';
import { keptFor } from './kept-for.js';
import type { Identity } from '../model/process.js';
import type { ExitFact, StopReason } from '../model/unit.js';
import type { StartOutcome } from './contract.js';
import type { Home } from './home.js';
import { type Tenure, withHomeLock } from './lock.js';
import { createListenerWatch, type ListenerWatch } from './ownership.js';
import { createProcessWatch, type ProcessWatch } from './process-watch.js';
import { createRecordReader, type RecordReader } from './record-reader.js';
import type { StoredUnit } from './records.js';
import { writeSpawned, writeWanted } from './store.js';
import { type Carrier, findCarriers } from './carriers.js';

/** What every part of the launcher works with. */
export type Keeper = {
  readonly host: Host;
  readonly home: Home;
  readonly read: RecordReader;
  readonly watch: ListenerWatch;
  readonly scans: ProcessWatch;
  /** This very process: it waits for what it starts. */
  readonly self: Identity | null;
  /** The signal ends the wait, not the turn: then it throws MPM_HOME_LOCKED. */
  readonly lock: <T>(fn: (tenure: Tenure) => Promise<T> | T, signal?: AbortSignal) => Promise<T>;
  /** Who carried a marker of this home a second ago or later: what another command starts, it records. */
  readonly carriers: () => readonly Carrier[];
};

export type LauncherOptions = {
  readonly host: Host;
  readonly home: Home;
  /** How long to wait for another holder of the home's lock, ms. */
  readonly lockWait?: number;
  /** What is told of us to those who wait for the lock. */
  readonly command?: string;
};

export const createKeeper = ({ host, home, lockWait = 10_000, command }: LauncherOptions): Keeper => ({
  host,
  home,
  read: createRecordReader(host, home),
  watch: createListenerWatch(host),
  scans: createProcessWatch(host),
  self: host.processes.identify(process.pid),
  carriers: keptFor(1000, host.clock, () => findCarriers(host, home)),
  lock: (fn, signal) => {
    const told = command === undefined ? {} : { command };
    return withHomeLock(home, host, { waitMs: lockWait, ...told, ...(signal && { signal }) }, fn);
  },
});

export type Change = {
  readonly desired?: 'up' | 'down';
  readonly reason?: StopReason | null;
  readonly message?: string | null;
  readonly lastExit?: ExitFact | null;
};

/**
 * Writes what became of one generation. Nothing when another generation has taken its place meanwhile, or when
 * somebody wanted it down meanwhile: his word is newer.
 */
export const recordEnd = (keeper: Keeper, id: number, generation: number, change: Change): Promise<boolean> =>
  keeper.lock(() => {
    const unit = keeper.read.one(id);
    if (unit?.run?.generation !== generation) return false;
    if (unit.desired === 'down' && change.desired !== 'down') return false;
    writeUnit(keeper, { ...unit, ...change, run: { ...unit.run, waiter: null } });
    return true;
  });

/** Under the lock only. */
export const writeUnit = (
  { host, home, read }: Keeper,
  unit: StoredUnit,
  part: 'both' | 'wanted' | 'spawned' = 'both',
): void => {
  read.changed(unit.id);
  if (part !== 'spawned') writeWanted(host, home, unit);
  if (part !== 'wanted') writeSpawned(host, home, unit);
};

/** Did the wait for the lock end because the caller gave up? */
export const isGivenUp = (error: unknown, { aborted }: AbortSignal): boolean =>
  aborted && isMpmError(error) && error.code === 'MPM_HOME_LOCKED';

/** An expected failure as a value; anything else is a mistake of ours and goes on. */
export const failedStart = (error: unknown, stderr: readonly string[] = []): StartOutcome => {
  if (!isMpmError(error)) throw error;
  const { code, message, hint } = error as { code: string; message: string; hint?: string };
  return { kind: 'failed', code, message, hint: hint ?? '', stderr };
};
