import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Host } from '../host/host.js';
import { messageOf, mpmError } from '../model/errors/index.js';
import type { UnitSpec } from '../model/unit.js';
import type { Home } from './home.js';
import { type Records, schemaVersion, type StoredUnit, unitFolder } from './records.js';
import { isCount, isPlain } from './shapes.js';

/** Everything here is called by the holder of the home's lock only. */

export const specFile = (home: Home, id: number): string => join(unitFolder(home, id), 'spec.json');

/**
 * What is wanted of a unit, with the generation about to be spawned: on its own it leads to the processes.
 * Not forced to the disk here, under the lock: who starts a unit flushes it while it waits.
 */
export const writeWanted = (host: Host, home: Home, unit: StoredUnit): void => {
  const { spec, desired, reason, message, envName, environment, run } = unit;
  const value = {
    schemaVersion,
    id: unit.id,
    desired,
    reason,
    message,
    envName,
    environment,
    generation: run?.generation ?? 0,
    port: run?.port ?? null,
    waiter: run?.waiter ?? null,
    spec,
  };
  replace(host, home, unit, specFile(home, unit.id), value);
};

/** What was spawned: worthless after a power cut, so the disk is not waited for. */
export const writeSpawned = (host: Host, home: Home, unit: StoredUnit): void => {
  if (unit.run === null) return;
  const { spec, run, restarts, lastExit, environment, envName } = unit;
  const value = {
    schemaVersion,
    id: unit.id,
    current: run,
    next: null,
    restarts,
    lastExit,
    environment,
    envName,
    spec,
  };
  replace(host, home, unit, join(unitFolder(home, unit.id), 'run.json'), value);
};

const replace = (host: Host, home: Home, unit: StoredUnit, path: string, value: unknown): void => {
  if (unit.damaged.includes(path)) keepAside(host, home, path);
  writeInHome(host, home, path, `${JSON.stringify(value)}\n`);
};

/** @throws MPM_HOME_UNWRITABLE on a full or read-only disk, or where a folder was made somebody else's. */
const writeInHome = (host: Host, home: Home, path: string, text: string): void => {
  try {
    host.files.writeAtomic(path, text, 0o600, 'fast');
  } catch (error) {
    throw mpmError('HOME_UNWRITABLE', { path: home.path, why: messageOf(error) }, error);
  }
};

/**
 * Would the home take a record now?
 * @throws MPM_HOME_UNWRITABLE
 */
export const tryWriting = (host: Host, home: Home): void => {
  const trial = join(home.path, 'trial');
  try {
    writeInHome(host, home, trial, ' '.repeat(trialBytes));
  } finally {
    host.files.remove(trial);
  }
};

/** More than the two files of a record usually need. */
const trialBytes = 32_768;

/** A damaged or newer file is copied before it is written over: a person may still read something in it. */
const keepAside = (host: Host, home: Home, path: string): void => {
  const text = host.files.readText(path);
  if (text === null) return;
  const stamp = new Date(host.clock.now()).toISOString().replaceAll(':', '-');
  writeInHome(host, home, `${path}.corrupt-${stamp}`, text);
};

/** What must outlive the folders of units that were forgotten. */
export type Counter = {
  /** Below it every id was given out once. */
  readonly next: number;
  /**
   * The highest generation of all units that were forgotten: a new one under the same name begins above it, so that
   * nothing that the old one left behind carries its marker.
   */
  readonly generation: number;
};

export const readCounter = (host: Host, home: Home): Counter => {
  const read = host.files.readPlain(home.counter, 4096);
  const value = read.kind === 'text' ? parse(read.text) : null;
  const count = (name: keyof Counter): number => (isPlain(value) && isCount(value[name]) ? value[name] : 0);
  return { next: count('next'), generation: count('generation') };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the folders know the highest number that is still in use
  }
};

/**
 * The next number; one that was given out is never given again. The folders tell the highest; the counter is for
 * those whose folder was removed.
 */
export const nextId = (home: Home, { ids, problems }: Records, { next }: Counter): number => {
  const hidden = problems.find(({ path }) => path === home.units);
  if (hidden !== undefined) throw mpmError('HOME_UNWRITABLE', { path: home.path, why: hidden.text });
  return Math.max(next, (ids.at(-1) ?? -1) + 1);
};

/** Keeps an environment once, however many units were started from it; returns its name. */
export const keepEnvironment = (
  host: Host,
  home: Home,
  environment: Readonly<Record<string, string>>,
): string => {
  const sorted = Object.fromEntries(Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = JSON.stringify({ schemaVersion, environment: sorted });
  const hash = createHash('sha256').update(text).digest('hex');
  const path = environmentFile(home, hash);
  if (host.files.stat(path) === null) writeInHome(host, home, path, text);
  return hash;
};

export const readEnvironment = (
  host: Host,
  home: Home,
  hash: string,
): Readonly<Record<string, string>> | null => {
  const read = host.files.readPlain(environmentFile(home, hash), 4 * 1024 * 1024);
  if (read.kind !== 'text') return null;
  try {
    const value: unknown = JSON.parse(read.text);
    if (!isPlain(value) || !isPlain(value['environment'])) return null;
    const entries = Object.entries(value['environment']);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return null; // damaged: the caller's environment is recorded anew
  }
};

const environmentFile = (home: Home, hash: string): string => join(home.environments, `${hash}.json`);

/** Forgets a unit, and its environment where no other unit shares it. */
export const forget = (host: Host, home: Home, unit: StoredUnit, all: Records): void => {
  const others = all.records.filter((other) => other !== unit);
  const before = readCounter(host, home);
  const generation = Math.max(before.generation, unit.run?.generation ?? 0);
  const counter = { schemaVersion, next: nextId(home, all, before), generation };
  writeInHome(host, home, home.counter, `${JSON.stringify(counter)}\n`);
  host.files.removeTree(unitFolder(home, unit.id));
  const { environment } = unit;
  if (environment === null || others.some((other) => other.environment === environment)) return;
  host.files.remove(environmentFile(home, environment));
};

/** Equal for equal specs, whatever the order of their keys. */
export const hashSpec = (spec: UnitSpec): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(spec)))
    .digest('hex')
    .slice(0, 32);

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
};
