import type { StopPolicy, UnitRun } from '../model/unit.js';
import type { Progress } from './contract.js';
import { describeProcess } from './describe.js';
import type { Keeper } from './keeper.js';
import type { StoredUnit } from './records.js';
import { endUnit, lookAtUnit } from './unit-tree.js';

/** What a crashed server left behind has nobody left to wait for: it is asked once, then ended. */
const briefly: StopPolicy = {
  steps: [{ kind: 'signal', signal: 'SIGTERM', to: 'tree', wait: 1500 }],
  leaveTree: false,
};

/** Ends what the last generation left behind, so that it does not keep the port or answer beside the new one. */
export const endLeftovers = async (
  keeper: Keeper,
  unit: Pick<StoredUnit, 'spec'>,
  run: UnitRun,
  progress: Progress,
): Promise<void> => {
  if (unit.spec.stop.leaveTree) return;
  const left = await lookAtUnit(keeper, unit.spec, run);
  const alive = left.tree.alive();
  if (alive.length === 0) return;
  const words = alive.map(({ pid }) => describeProcess(keeper.host, pid)).join('; ');
  progress(`ending what the last run left behind: ${words}`);
  const options = { force: false, signal: new AbortController().signal, progress };
  await endUnit(keeper, left, options, briefly);
};
