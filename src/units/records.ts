import { join } from 'node:path';
import type { Host } from '../host/host.js';
import type { InstanceKey } from '../model/key.js';
import type { Identity } from '../model/process.js';
import type { ExitFact, StopReason, UnitRecord, UnitRun } from '../model/unit.js';
import type { Home } from './home.js';
import { isCount, isPlain, type Plain, readExit, readIdentity, readRun, readSpec } from './shapes.js';

/**
 * A unit is two files, each of which can be lost: `spec.json` holds what is wanted, `run.json` what was spawned.
 * Each repeats what finds the server without the other: the spec knows the generation (its marker finds the
 * processes), the run knows the spec that it was spawned from.
 */
export const schemaVersion = 1;

/** A record with what only its keeper needs. */
export type StoredUnit = UnitRecord & {
  /** Hash of the recorded environment of the caller, a file in `environments/`. */
  readonly environment: string | null;
  /** Files to be kept aside before they are written over. */
  readonly damaged: readonly string[];
};

export type RecordProblem = {
  readonly path: string;
  readonly kind: 'corrupt' | 'newer' | 'unreadable';
  readonly text: string;
};

export type Records = {
  /** Of all folders, in order; also of those whose files cannot be read. */
  readonly ids: readonly number[];
  readonly records: readonly StoredUnit[];
  /** The exit of the recorded generation, by id, where one was written; read at the first question. */
  readonly exits: Pick<ReadonlyMap<number, ExitFact>, 'get'>;
  readonly problems: readonly RecordProblem[];
};

export const unitFolder = (home: Home, id: number): string => join(home.units, String(id));

export const exitFile = (home: Home, id: number, generation: number): string =>
  join(unitFolder(home, id), `exit.${generation}`);

/** Written by the helper in one piece; without its line end it is not written yet. */
export const readExitFile = (host: Host, home: Home, id: number, generation: number): ExitFact | null => {
  const read = host.files.readPlain(exitFile(home, id, generation), 64);
  if (read.kind !== 'text') return null;
  const code = /^(\d{1,3})\n$/.exec(read.text)?.[1];
  if (code === undefined) return null;
  return { generation, code: Number(code), at: Math.round(read.mtimeMs), observed: true };
};

export type JsonFile = { readonly value: Plain | null; readonly problem: RecordProblem | null };
export type ReadFile = (path: string) => JsonFile;

const maxRecordBytes = 4 * 1024 * 1024;

export const readJson = (host: Host, path: string): JsonFile => {
  const read = host.files.readPlain(path, maxRecordBytes);
  if (read.kind === 'missing') return { value: null, problem: null };
  if (read.kind === 'refused') return { value: null, problem: { path, kind: 'unreadable', text: read.text } };
  let value: unknown;
  try {
    value = JSON.parse(read.text);
  } catch {
    return { value: null, problem: { path, kind: 'corrupt', text: 'It is not whole JSON.' } };
  }
  if (!isPlain(value) || !isCount(value['schemaVersion'])) {
    return { value: null, problem: { path, kind: 'corrupt', text: 'It is not a record.' } };
  }
  const version = value['schemaVersion'];
  const text = `It was written by a newer mpm-io (schema ${version}); what is known of it is used.`;
  return { value, problem: version > schemaVersion ? { path, kind: 'newer', text } : null };
};

export const readUnit = (
  files: ReadFile,
  home: Home,
  id: number,
  problems: RecordProblem[],
): StoredUnit | null => {
  const specPath = join(unitFolder(home, id), 'spec.json');
  const runPath = join(unitFolder(home, id), 'run.json');
  const wanted = judge(files(specPath), specPath, readSpecFile);
  const spawned = judge(files(runPath), runPath, readRunFile);
  const found = [...wanted.problems, ...spawned.problems];
  problems.push(...found);
  return joinUnit(
    id,
    wanted.value,
    spawned.value,
    found.map(({ path }) => path),
  );
};

const judge = <T>(
  file: JsonFile,
  path: string,
  read: (value: Plain) => T | null,
): { readonly value: T | null; readonly problems: readonly RecordProblem[] } => {
  const value = file.value === null ? null : read(file.value);
  if (file.problem !== null) return { value, problems: [file.problem] };
  if (file.value === null || value !== null) return { value, problems: [] };
  return {
    value,
    problems: [{ path, kind: 'corrupt', text: 'Something in it is missing or of a wrong kind.' }],
  };
};

type SpecFile = Pick<StoredUnit, 'spec' | 'desired' | 'reason' | 'message' | 'envName' | 'environment'> & {
  readonly generation: number;
  readonly port: number | null;
  readonly waiter: Identity | null;
};

type RunFile = Pick<StoredUnit, 'spec' | 'run' | 'restarts' | 'lastExit' | 'environment' | 'envName'>;

const reasons: readonly unknown[] = ['asked', 'exited', 'reboot', 'interrupted', 'start-failed', 'restart'];

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const readSpecFile = (value: Plain): SpecFile | null => {
  const spec = readSpec(value['spec']);
  const { desired, generation, reason } = value;
  if (spec === null || (desired !== 'up' && desired !== 'down') || !isCount(generation)) return null;
  return {
    spec,
    desired,
    generation,
    port: isCount(value['port']) ? value['port'] : null,
    waiter: readIdentity(value['waiter']),
    reason: reasons.includes(reason) ? (reason as StopReason) : null,
    message: textOrNull(value['message']),
    envName: textOrNull(value['envName']),
    environment: textOrNull(value['environment']),
  };
};

const readRunFile = (value: Plain): RunFile | null => {
  const spec = readSpec(value['spec']);
  const run = readRun(value['current']);
  if (spec === null || run === null) return null;
  return {
    spec,
    run,
    restarts: isCount(value['restarts']) ? value['restarts'] : 0,
    lastExit: readExit(value['lastExit']),
    environment: textOrNull(value['environment']),
    envName: textOrNull(value['envName']),
  };
};

/**
 * What either file still tells. The spec is written before the spawn and the run behind it: without a run of its
 * generation, that alone leads to the processes, by their marker.
 */
const joinUnit = (
  id: number,
  wanted: SpecFile | null,
  spawned: RunFile | null,
  damaged: readonly string[],
): StoredUnit | null => {
  if (wanted !== null) {
    const { generation, port, waiter, ...rest } = wanted;
    const known =
      spawned !== null && spawned.run !== null && spawned.run.generation >= generation ? spawned.run : null;
    const run = known ?? (generation === 0 ? null : unspawned(generation, port, waiter));
    return {
      id,
      ...rest,
      run,
      lastExit: spawned?.lastExit ?? null,
      restarts: spawned?.restarts ?? 0,
      damaged,
    };
  }
  if (spawned === null) return null;
  return { id, desired: 'up', reason: null, message: null, ...spawned, damaged };
};

const unspawned = (generation: number, port: number | null, waiter: Identity | null): UnitRun => ({
  generation,
  main: null,
  helper: null,
  port,
  startedAt: 0,
  readyAt: null,
  waiter,
  specHash: '',
  logOffset: { out: 0, err: 0 },
});

/** The environment variable by which everything below a launched process is known. */
export const markerName = 'MPM_IO_UNIT';

export const markerOf = (home: Home, key: InstanceKey, generation: number): string =>
  `${markerPrefix(home, key)}${generation}`;

/** What the markers of all generations of a unit begin with. */
export const markerPrefix = (home: Home, key: InstanceKey): string => `${home.path}/${key}/`;

export const findUnit = (records: Records, key: InstanceKey): StoredUnit | undefined =>
  records.records.find(({ spec }) => spec.key === key);
