import { fillUnit } from '../model/unit-of.js';
import { isMpmError, messageOf, mpmError } from '../model/errors/index.js';
import type { Identity } from '../model/process.js';
import type { UnitRun, UnitSpec } from '../model/unit.js';
import { composeArgv, helperEnvironment } from './argv.js';
import type { StartOptions, StartOutcome } from './contract.js';
import { refuseElsewhere } from './elsewhere.js';
import { composeEnvironment, type Environment, scrub } from './environment.js';
import { helperCommand } from './helper.js';
import { type Keeper, writeUnit } from './keeper.js';
import type { Tenure } from './lock.js';
import { type LogFiles, logFilesOf, sizeOf } from './log-files.js';
import { findPort } from './port-check.js';
import { exitFile, findUnit, markerOf, type Records, type StoredUnit } from './records.js';
import { hashSpec, keepEnvironment, nextId, readCounter, readEnvironment, specFile } from './store.js';
import { refuseUnrecorded } from './unrecorded.js';
import { runAs } from './user.js';
import { viewUnits } from './views.js';

export type Launched = {
  readonly unit: StoredUnit;
  /** With its port and everything else filled in. */
  readonly spec: UnitSpec;
  readonly run: UnitRun;
  readonly helper: Identity | null;
  readonly marker: string;
  readonly logs: LogFiles;
  readonly env: Environment;
  /** It was up until a restart stopped it. */
  readonly isRestart: boolean;
  /** The program below the helper, for people. */
  readonly program: string;
  /** Settles when the record would survive a power cut. */
  readonly flushed: Promise<void>;
};

export type LaunchResult =
  /** Spawned; settles when its main process is known and recorded. */
  | { readonly kind: 'launched'; readonly launched: Promise<Launched> }
  | { readonly kind: 'outcome'; readonly outcome: StartOutcome }
  /** Another command is starting it and does not know its main process yet; `spawned`: its helper is there. */
  | { readonly kind: 'busy'; readonly spawned: boolean; readonly port: number | null };

/**
 * Decides and spawns; called under the lock, which is kept until the main process is recorded, too. Other units of
 * this process are launched meanwhile.
 * The generation is on the disk before the spawn: whoever comes after a crash between the two finds by its marker
 * what was spawned.
 */
export const launch = async (
  keeper: Keeper,
  spec: UnitSpec,
  options: StartOptions,
  tenure: Tenure,
  begun: number,
): Promise<LaunchResult> => {
  if (options.signal.aborted) return { kind: 'outcome', outcome: { kind: 'interrupted' } };
  const records = keeper.read.all(tenure);
  const existing = findUnit(records, spec.key);
  if (existing !== undefined) {
    refuseOtherFile(keeper, existing, spec);
    refuseElsewhere(keeper.host, existing);
    const found = await findRunning(keeper, records, existing, spec, Math.max(begun, tenure.since));
    if (found !== null) return found;
  }
  const failed = (error: unknown): never => {
    recordFailure(keeper, spec, error, tenure);
    throw error;
  };
  const spawned = await spawnUnit(keeper, records, existing, spec, options).catch(failed);
  const launched = settle(keeper, spawned, existing === undefined).catch(failed);
  tenure.linger(launched);
  return { kind: 'launched', launched };
};

const recordFailure = (keeper: Keeper, spec: UnitSpec, error: unknown, tenure: Tenure): void => {
  const recorded = findUnit(keeper.read.all(tenure), spec.key);
  if (recorded === undefined || !isMpmError(error)) return;
  const { run } = recorded;
  writeUnit(keeper, {
    ...recorded,
    desired: 'up',
    reason: 'start-failed',
    message: messageOf(error),
    run: run === null ? null : { ...run, waiter: null },
  });
};

/** Two files may both name a server `web`; neither touches the other's. A file that is gone holds nothing back. */
export const refuseOtherFile = ({ host }: Keeper, existing: StoredUnit, spec: UnitSpec): void => {
  const { declaredIn } = existing.spec;
  if (declaredIn === spec.declaredIn) return;
  if (declaredIn !== null && host.files.stat(declaredIn) === null) return;
  throw mpmError('KEY_TAKEN', { server: spec.key, recordedFrom: declaredIn, declaredIn: spec.declaredIn });
};

/** `since`: an older look may lack what another command has started before it let go of the lock. */
const findRunning = async (
  keeper: Keeper,
  records: Records,
  existing: StoredUnit,
  spec: UnitSpec,
  since: number,
): Promise<LaunchResult | null> => {
  const { host, home } = keeper;
  const { run } = existing;
  if (run === null) return null;
  const one = { ...records, records: [existing] };
  const { table } = await keeper.scans.after(since);
  const view = viewUnits(host, home, one, table).get(existing.spec.key);
  if (view === undefined) return null;
  if (view.main === null)
    return view.state === 'starting' ? { kind: 'busy', spawned: view.helper !== null, port: run.port } : null;
  if (existing.desired === 'down') throw mpmError('STOP_PENDING', { server: spec.key, pid: view.main.pid });
  if (run.main === null) {
    writeUnit(keeper, { ...existing, run: { ...run, main: view.main, helper: view.helper ?? run.helper } });
  }
  const olderSpec = run.specHash !== hashSpec(spec);
  return { kind: 'outcome', outcome: { kind: 'running', main: view.main, port: run.port, olderSpec } };
};

const spawnUnit = async (
  keeper: Keeper,
  records: Records,
  existing: StoredUnit | undefined,
  spec: UnitSpec,
  options: StartOptions,
): Promise<Spawned> => {
  const { host, home } = keeper;
  const others = records.records.filter((record) => record !== existing);
  const counter = readCounter(host, home);
  const before = existing?.run?.generation ?? Math.max(counter.generation, refuseUnrecorded(keeper, spec));
  const port = await findPort(host, spec, existing?.run?.port ?? null, others);
  const filled = fillUnit(spec, port);
  const id = existing?.id ?? nextId(home, records, counter);
  const generation = before + 1;
  const marker = markerOf(home, spec.key, generation);
  const inherited = callersEnvironment(keeper, existing, options);
  const user = await runAs(host, filled);
  const facts = { inherited: { ...inherited, ...user.environment }, id, port, marker };
  const env = composeEnvironment(host, filled, facts);
  const argv = composeArgv(host, filled, env, user);
  const logs = logFilesOf(home, filled);
  const run: UnitRun = {
    generation,
    main: null,
    helper: null,
    port,
    startedAt: host.clock.now(),
    readyAt: null,
    waiter: options.noWait ? null : keeper.self,
    specHash: hashSpec(spec),
    logOffset: { out: sizeOf(host, logs.out), err: sizeOf(host, logs.err) },
  };
  const unit: StoredUnit = {
    id,
    spec,
    desired: 'up',
    reason: null,
    message: null,
    envName: options.envName ?? existing?.envName ?? null,
    run,
    lastExit: existing?.lastExit ?? null,
    restarts: existing?.restarts ?? 0,
    environment: keepEnvironment(host, home, inherited),
    damaged: existing?.damaged ?? [],
  };
  writeUnit(keeper, unit, 'wanted');
  if (existing?.run) host.files.remove(exitFile(home, id, existing.run.generation));
  const startedAt = host.clock.now();
  const isRestart = existing?.desired === 'up' && existing.reason === 'restart';
  const plan = { unit, spec: filled, run: { ...run, startedAt }, argv, env, logs, marker, isRestart };
  return { ...plan, helper: await spawnHelper(keeper, plan) };
};

const settle = async (keeper: Keeper, spawned: Spawned, isNew: boolean): Promise<Launched> => {
  const { host, home } = keeper;
  const { spec, helper, argv, marker, logs, env, isRestart } = spawned;
  const run = { ...spawned.run, helper, main: await findMain(keeper, spawned) };
  const unit = { ...spawned.unit, run, damaged: [] };
  writeUnit(keeper, unit, 'spawned');
  return {
    unit,
    spec,
    run,
    helper,
    marker,
    logs,
    env,
    isRestart,
    program: argv.find((word) => !/\/(?:nice|setpriv|env)$/.test(word) && word.startsWith('/')) ?? '',
    flushed: isNew ? host.files.flush(specFile(home, unit.id)) : Promise.resolve(),
  };
};

export const callersEnvironment = (
  { host, home }: Keeper,
  existing: StoredUnit | undefined,
  options: Pick<StartOptions, 'environment' | 'updateEnv'>,
): Environment => {
  const recorded = existing?.environment ?? null;
  const kept = recorded === null || options.updateEnv ? null : readEnvironment(host, home, recorded);
  return kept ?? scrub(options.environment);
};

type Plan = {
  readonly unit: StoredUnit;
  readonly spec: UnitSpec;
  readonly run: UnitRun;
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly logs: LogFiles;
  readonly marker: string;
  readonly isRestart: boolean;
};

type Spawned = Plan & { readonly helper: Identity | null };

/** A busy machine may take its time to fork; a helper that has gone meanwhile has written the exit. */
const forkWait = 5000;
/** Between two looks at the helper's children, ms; the first come faster. */
const slowestLook = 8;

const spawnHelper = async ({ host, home }: Keeper, plan: Plan): Promise<Identity | null> => {
  const { unit, spec, run, argv, env, logs } = plan;
  const file = exitFile(home, unit.id, run.generation);
  host.files.remove(file);
  const spawned = await host.spawnDetached({
    argv: helperCommand({
      key: spec.key,
      exitFile: file,
      umask: spec.launch.umask,
      nofile: spec.launch.nofile,
      environment: env,
      argv,
    }),
    cwd: spec.launch.cwd,
    env: helperEnvironment(env),
    outputs: [logs.out, null, logs.err],
    input: null,
  });
  if (spawned.kind === 'failed') throw mpmError('SPAWN_FAILED', { server: spec.key, cause: spawned.text });
  return host.processes.identify(spawned.pid);
};

/** The child of the helper; of a program that goes to the background it is only the launcher. */
const findMain = async (
  { host, home }: Keeper,
  { unit, spec, run, helper }: Spawned,
): Promise<Identity | null> => {
  if (helper === null) return null;
  const file = exitFile(home, unit.id, run.generation);
  const deadline = host.clock.monotonic() + forkWait;
  for (let asked = 1; host.clock.monotonic() < deadline; asked += 1) {
    const child = host.processes.children(helper.pid)[0];
    const main = child === undefined ? null : host.processes.identify(child);
    if (main !== null) return spec.main.kind === 'pidFile' ? null : main;
    if (host.files.stat(file) !== null) break;
    if (asked % 16 === 0 && host.processes.identify(helper.pid) === null) break;
    await host.clock.sleep(Math.min(asked, slowestLook));
  }
  return null;
};
