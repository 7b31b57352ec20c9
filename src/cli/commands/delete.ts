import { pick } from '../../engine/pick.js';
import { planStop } from '../../engine/plan.js';
import type { Operator } from '../../engine/operate.js';
import type { StepReport } from '../../engine/report.js';
import { lookAt } from '../../engine/workspace.js';
import { carryOut, confirmSpan, showPlan } from '../change.js';
import type { Command } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { targetRequest } from '../target-request.js';

export const run: Command = async (invocation) => {
  const { options } = invocation;
  const { workspace, words } = await openWorkspace(invocation);
  const request = targetRequest({ ...invocation, positionals: words }, 'delete');
  const picked = await pick(workspace, lookAt(workspace), request);
  await confirmSpan(invocation, workspace, picked);
  const wish = { pointed: picked.pointed, force: options.flag('force') };
  const steps = picked.observations.map((observation) => planStop(observation, workspace.say, wish));
  if (options.flag('dry-run')) return showPlan(invocation, steps, planWords(options.flag('logs')));
  const forget = async (operator: Operator, tell: (step: StepReport) => void): Promise<StepReport[]> => {
    const stopped = await operator.stop(steps);
    const forgotten: StepReport[] = [];
    for (const step of stopped) {
      if (step.outcome === 'failed' || step.outcome === 'refused') {
        forgotten.push(step);
        continue;
      }
      // A record of another file may have an equal key: it is not this server's.
      const recorded = picked.observations.some(
        ({ instance, view }) => instance.key === step.key && view !== null,
      );
      const had = recorded && (await workspace.units.remove(step.key, { logs: options.flag('logs') }));
      forgotten.push({
        ...step,
        action: 'delete',
        outcome: had ? 'done' : 'unchanged',
        message: had ? 'forgotten' : 'was not recorded',
        details: [],
      });
      tell(forgotten.at(-1) ?? step);
    }
    return forgotten;
  };
  return carryOut(invocation, workspace, picked, forget, ({ outcome }) => outcome !== 'unchanged');
};

const planWords = (logs: boolean) => {
  const forgotten = logs ? 'forgotten, its log files removed' : 'forgotten';
  return {
    stop: `would be stopped and ${forgotten}`,
    rest: `is not running; its record would be ${forgotten}`,
  };
};
