import { pick } from '../../engine/pick.js';
import { planStop } from '../../engine/plan.js';
import { lookAt } from '../../engine/workspace.js';
import { carryOut, confirmSpan, showPlan } from '../change.js';
import { exit, printJson, type Command } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { targetRequest } from '../target-request.js';

export const run: Command = async (invocation) => {
  const { io, options } = invocation;
  const { workspace, words } = await openWorkspace(invocation);
  const request = targetRequest({ ...invocation, positionals: words }, 'stop');
  const picked = await pick(workspace, lookAt(workspace), request);
  await confirmSpan(invocation, workspace, picked);
  if (picked.observations.length === 0) {
    if (options.flag('json')) printJson(io, { steps: [], servers: [] });
    else
      io.stderr.write(
        request.port === null ? 'Nothing is running.\n' : `Nobody listens on port ${request.port}.\n`,
      );
    return exit.ok;
  }
  const wish = { pointed: picked.pointed, force: options.flag('force') };
  const steps = picked.observations.map((observation) => planStop(observation, workspace.say, wish));
  if (options.flag('dry-run')) return showPlan(invocation, steps);
  return carryOut(invocation, workspace, picked, (operator) => operator.stop(steps));
};
