import type { Instance } from '../model/server.js';
import type { Context } from '../plugin/contract.js';
import type { Step } from './plan.js';
import type { StepReport } from './report.js';
import { reportOf } from './step-report.js';
import type { Workspace } from './workspace.js';

/** A good server is not taken down for a start that is seen to fail: told is why, and it stays up. */
export const checkRestart = async (
  step: Step,
  { units, styles, signal }: Workspace,
  contextOf: (instance: Instance, signal: AbortSignal) => Context,
): Promise<StepReport | null> => {
  const { instance } = step.observation;
  const { server, index } = instance;
  if (step.action !== 'stop' || server.command === null) return null;
  const spec = styles.get(server.style)?.style.unit?.(server, index);
  if (spec === undefined) return null;
  const outcome = await units.check?.(spec, contextOf(instance, signal).start);
  if (outcome?.kind !== 'failed') return null;
  const text = `not restarted, and it still runs: ${outcome.message}`;
  return reportOf(step, 'restart', 'failed', text, outcome.hint);
};
