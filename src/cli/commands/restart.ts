import { pick } from '../../engine/pick.js';
import { planRestart, planStart } from '../../engine/plan.js';
import { lookAt, takeSnapshot } from '../../engine/workspace.js';
import { carryOut, confirmSpan, type PlanWords, showPlan } from '../change.js';
import type { Command } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { targetRequest } from '../target-request.js';
import { tellWarnings } from '../tell-warnings.js';

export const run: Command = async (invocation) => {
  const { options } = invocation;
  const { workspace, words } = await openWorkspace(invocation);
  const request = targetRequest({ ...invocation, positionals: words }, 'restart');
  tellWarnings(invocation, workspace.ecosystem);
  const picked = await pick(workspace, lookAt(workspace), request);
  await confirmSpan(invocation, workspace, picked);
  const wish = { pointed: picked.pointed, force: options.flag('force') };
  const stops = picked.observations.map((observation) => planRestart(observation, workspace.say, wish));
  if (options.flag('dry-run')) return showPlan(invocation, stops, planWords);
  const selected = picked.observations.map(({ instance, undeclared }) => ({ instance, undeclared }));
  return carryOut(invocation, workspace, picked, (operator) =>
    operator.restart(stops, async () => {
      const { observations } = await takeSnapshot(workspace, lookAt(workspace), selected);
      return observations.map((observation) => planStart(observation, workspace.say, true));
    }),
  );
};

const planWords: PlanWords = {
  stop: 'would be stopped and started again',
  rest: () => 'is not running and would be started',
};
