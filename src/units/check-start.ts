import { mpmError } from '../model/errors/index.js';
import type { UnitSpec } from '../model/unit.js';
import { fillUnit } from '../model/unit-of.js';
import { composeArgv } from './argv.js';
import type { StartOptions, StartOutcome } from './contract.js';
import { refuseElsewhere } from './elsewhere.js';
import { composeEnvironment } from './environment.js';
import { failedStart, isGivenUp, type Keeper } from './keeper.js';
import { callersEnvironment, refuseOtherFile } from './launch.js';
import { logFilesOf } from './log-files.js';
import { findUnit, markerOf } from './records.js';
import { tryWriting } from './store.js';
import { runAs } from './user.js';

/**
 * What a start would fail by before anything is spawned, seen while the server still runs: everything that it names
 * must be there, and the home must take a record. `null`: nothing stands in its way.
 */
export const checkStart = async (
  keeper: Keeper,
  spec: UnitSpec,
  options: StartOptions,
): Promise<StartOutcome | null> => {
  const { host, home } = keeper;
  try {
    const existing = findUnit(keeper.read.all(), spec.key);
    if (existing !== undefined) {
      refuseOtherFile(keeper, existing, spec);
      refuseElsewhere(host, existing);
    }
    const port = existing?.run?.port ?? null;
    const filled = fillUnit(spec, port);
    const user = await runAs(host, filled);
    const inherited = { ...callersEnvironment(keeper, existing, options), ...user.environment };
    const marker = markerOf(home, spec.key, 0);
    const env = composeEnvironment(host, filled, { inherited, id: existing?.id ?? 0, port, marker });
    composeArgv(host, filled, env, user);
    refuseLogs(keeper, filled);
    await keeper.lock(() => tryWriting(host, home), options.signal);
    return null;
  } catch (error) {
    return isGivenUp(error, options.signal) ? { kind: 'interrupted' } : failedStart(error);
  }
};

const refuseLogs = ({ host, home }: Keeper, spec: UnitSpec): void => {
  for (const path of Object.values(logFilesOf(home, spec))) {
    const kind = path === null ? 'file' : (host.files.stat(path)?.kind ?? 'file');
    if (kind !== 'folder' && kind !== 'fifo' && kind !== 'socket') continue;
    throw mpmError('SPAWN_FAILED', { server: spec.key, cause: `the log file ${path} is a ${kind}.` });
  }
};
