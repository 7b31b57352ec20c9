import { Operator, type OperateOptions } from '../../src/engine/operate.js';
import { planStart, planStop } from '../../src/engine/plan.js';
import type { StepReport } from '../../src/engine/report.js';
import { allInstances, lookAt, takeSnapshot } from '../../src/engine/workspace.js';
import { halt } from '../../src/units/halt.js';
import { server, workspaceOf, type World } from './rig.js';

export const main = { pid: 4_100_001, start: 1, boot: 'fake-boot/1' };
export const ready = { kind: 'ready' as const, main, port: null, ms: 1, warnings: [] };

export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const open = async (world: World, options: Partial<OperateOptions> = {}) => {
  const workspace = workspaceOf(world);
  const look = lookAt(workspace);
  const { observations } = await takeSnapshot(workspace, look, allInstances(workspace, look, false));
  const operator = new Operator(workspace, look, (target, stop) => halt(workspace.host, target, stop), {
    envName: null,
    updateEnv: false,
    noWait: false,
    force: false,
    on: () => undefined,
    ...options,
  });
  const wish = { pointed: false, force: options.force ?? false };
  return {
    start: () => operator.start(observations.map((one) => planStart(one, workspace.say, true))),
    stop: () => operator.stop(observations.map((one) => planStop(one, workspace.say, wish))),
    restart: () => {
      const starts = observations.map((one) => planStart(one, workspace.say, true));
      return operator.restart(
        observations.map((one) => planStop(one, workspace.say, wish)),
        async () => starts,
      );
    },
    workspace,
  };
};

export const told = (reports: readonly StepReport[]) =>
  reports.map(({ server: name, action, outcome, message }) => `${name} ${action} ${outcome}: ${message}`);

export const needs = (name: string, ...dependsOn: readonly string[]) =>
  server(name, { dependsOn: dependsOn.map((one) => `default/${one}`) });
