import type { InstanceKey } from '../model/key.js';
import { fillUnit } from '../model/unit-of.js';
import { awaitReady } from './await-ready.js';
import type { ConfirmOptions } from './contract.js';
import { composeEnvironment, type Environment } from './environment.js';
import { recordReady } from './follow.js';
import type { Keeper } from './keeper.js';
import { callersEnvironment } from './launch.js';
import { logFilesOf } from './log-files.js';
import { findUnit, markerOf, type StoredUnit } from './records.js';
import { runAs } from './user.js';
import { viewUnits } from './views.js';

/**
 * What its start would have waited for, had it not been told to go on: the same question, from the same environment and
 * the same place in its log. What passes is recorded, so that whoever looks later knows it without asking again.
 */
export const confirmReady = async (
  keeper: Keeper,
  key: InstanceKey,
  { signal, progress }: ConfirmOptions,
): Promise<boolean> => {
  const { host, home } = keeper;
  const records = keeper.read.all();
  const unit = findUnit(records, key);
  const run = unit?.run ?? null;
  if (unit === undefined || run === null || unit.spec.type === 'task') return false;
  if (run.readyAt !== null) return true;
  const view = viewUnits(host, home, { ...records, records: [unit] }, host.processes.table()).get(key);
  const main = view?.state === 'running' ? view.main : null;
  if (main === null) return false;
  const spec = fillUnit(unit.spec, run.port);
  const marker = markerOf(home, key, run.generation);
  const candidate = {
    spec,
    run,
    main,
    home: home.path,
    marker,
    logs: logFilesOf(home, spec),
    env: spec.ready.probe?.kind === 'exec' ? await environmentOf(keeper, unit, marker) : {},
  };
  const verdict = await awaitReady(host, keeper.watch, candidate, Infinity, signal, progress);
  if (verdict.kind !== 'ready') return false;
  await recordReady(keeper, { unit, run });
  return true;
};

/** A program that is asked finds what the server was started with. */
const environmentOf = async (keeper: Keeper, unit: StoredUnit, marker: string): Promise<Environment> => {
  const { host } = keeper;
  const port = unit.run?.port ?? null;
  const spec = fillUnit(unit.spec, port);
  const recorded = callersEnvironment(keeper, unit, { environment: {}, updateEnv: false });
  const user = await runAs(host, spec);
  const inherited = { ...recorded, ...user.environment };
  return composeEnvironment(host, spec, { inherited, id: unit.id, port, marker });
};
