import { pick } from '../../engine/pick.js';
import { planStop } from '../../engine/plan.js';
import type { Operator } from '../../engine/operate.js';
import type { StepReport } from '../../engine/report.js';
import { lookAt } from '../../engine/workspace.js';
import { carryOut, confirmSpan, type PlanWords, showPlan } from '../change.js';
import type { InstanceKey } from '../../model/key.js';
import type { Command } from '../invocation.js';
import { leftLogs } from '../log-files.js';
import { openWorkspace } from '../open-workspace.js';
import { targetRequest } from '../target-request.js';

export const run: Command = async (invocation) => {
  const { options } = invocation;
  const opened = await openWorkspace(invocation);
  const { workspace, words } = opened;
  const request = targetRequest({ ...invocation, positionals: words }, 'delete');
  const picked = await pick(workspace, lookAt(workspace), request);
  await confirmSpan(invocation, workspace, picked);
  const wish = { pointed: picked.pointed, force: options.flag('force') };
  const steps = picked.observations.map((observation) => planStop(observation, workspace.say, wish));
  if (options.flag('dry-run')) return showPlan(invocation, steps, planWords(options.flag('logs')));
  /** Of a server that was forgotten before, with its files left. Elsewhere than in the home others may write them. */
  const removeLogs = (key: InstanceKey): boolean => {
    const files = picked.observations
      .filter(({ instance, view }) => instance.key === key && view === null)
      .flatMap(({ instance }) => leftLogs(opened, picked.snapshot.look, instance))
      .filter(({ path }) => path.startsWith(`${opened.homeFolder.logs}/`));
    for (const { path } of files) workspace.host.files.remove(path);
    return files.length > 0;
  };
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
      const had =
        recorded &&
        (await workspace.units.remove(step.key, {
          logs: options.flag('logs'),
          signal: invocation.io.signal,
        }));
      const leftOver = options.flag('logs') && !had ? removeLogs(step.key) : false;
      forgotten.push({
        ...step,
        action: 'delete',
        outcome: had || leftOver ? 'done' : 'unchanged',
        message: had
          ? 'forgotten'
          : `was not recorded${leftOver ? '; the log files it had left are removed' : ''}`,
        details: [],
      });
      tell(forgotten.at(-1) ?? step);
    }
    return forgotten;
  };
  return carryOut(invocation, workspace, picked, forget, ({ outcome }) => outcome !== 'unchanged');
};

const planWords = (logs: boolean): PlanWords => {
  const forgotten = `forgotten${logs ? ', its log files removed' : ''}`;
  return {
    stop: `would be stopped and ${forgotten}`,
    rest: ({ observation: { view } }) =>
      view === null ? 'is not running and not recorded' : `is not running and would be ${forgotten}`,
  };
};
