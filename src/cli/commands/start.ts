import { withDependencies } from '../../model/order.js';
import type { Selected } from '../../engine/instances.js';
import { pick, pickByName, type Picked, type PickRequest } from '../../engine/pick.js';
import { planStart, type Step } from '../../engine/plan.js';
import type { Say } from '../../engine/say.js';
import type { Observation } from '../../engine/snapshot.js';
import { allInstances, lookAt, takeSnapshot, type Workspace } from '../../engine/workspace.js';
import type { Look } from '../../plugin/contract.js';
import { mpmError } from '../../model/errors/index.js';
import { carryOut, confirmSpan, showPlan } from '../change.js';
import type { Command } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { targetRequest } from '../target-request.js';
import { tellWarnings } from '../tell-warnings.js';

export const run: Command = async (invocation) => {
  const { io, options } = invocation;
  const { workspace, words } = await openWorkspace(invocation);
  const request = targetRequest({ ...invocation, positionals: words }, 'start');
  tellWarnings(invocation, workspace.ecosystem);
  const look = lookAt(workspace);
  if (workspace.ecosystem.file === null && look.units.size === 0) throw mpmError('NOTHING_DECLARED', {});
  const byName = request.port === null && request.pid === null;
  const picked = byName
    ? await withNeeded(workspace, look, pickByName(workspace, look, request))
    : await pickPointed(workspace, look, request);
  await confirmSpan(invocation, workspace, picked);
  const isNamed = !byName || request.only.length > 0 || words.some((word) => word !== 'all');
  const steps = planAll(picked.observations, isNamed, workspace.say);
  if (options.flag('dry-run')) return showPlan(invocation, steps);
  const code = await carryOut(invocation, workspace, picked, (operator) => operator.start(steps));
  if (code === 0 && !options.flag('json') && words.includes('all')) {
    const { say } = workspace;
    io.stderr.write(
      `\n  ${say('status')}  shows them\n  ${say('diagnose')}  finds faults\n  ${say('stop', 'all')}  stops them\n`,
    );
  }
  return code;
};

/** Where nothing runs on the port, the server that declares it is meant, and is started as by its name. */
const pickPointed = async (workspace: Workspace, look: Look, request: PickRequest): Promise<Picked> => {
  const picked = await pick(workspace, look, request);
  return picked.pointed ? picked : withNeeded(workspace, look, picked.observations);
};

/** What is not started by itself (`autostart`) is still started for those that need it. */
const planAll = (observations: readonly Observation[], named: boolean, say: Say): readonly Step[] => {
  const first = observations.map((observation): Step => planStart(observation, say, named));
  const servers = new Map(observations.map(({ instance: { server } }) => [server.key, server]));
  const starting = first
    .filter(({ action }) => action === 'start')
    .map(({ observation }) => observation.instance.server);
  const needed = new Set(withDependencies(starting, servers).flatMap(({ dependsOn }) => dependsOn));
  return first.map((step) =>
    step.action === 'skip' && needed.has(step.observation.instance.server.key)
      ? planStart(step.observation, say, true)
      : step,
  );
};

/** What is named, with everything it depends on: a task among that runs for it. */
const withNeeded = async (workspace: Workspace, look: Look, named: readonly Selected[]): Promise<Picked> => {
  const all = allInstances(workspace, look, false);
  const servers = new Map(all.map(({ instance: { server } }) => [server.key, server]));
  const wanted = new Set(
    withDependencies(
      named.map(({ instance }) => instance.server),
      servers,
    ).map(({ key }) => key),
  );
  const namedKeys = new Set(named.map(({ instance }) => instance.key));
  const namedServers = new Set(named.map(({ instance }) => instance.server.key));
  const needed = all.filter(
    ({ instance }) => wanted.has(instance.server.key) && !namedServers.has(instance.server.key),
  );
  const first = await takeSnapshot(workspace, look, [...needed, ...named]);
  // What is needed only by servers that run already is left alone: a task does not run again for them.
  const starting = new Set(
    first.observations
      .filter(
        (observation) =>
          namedKeys.has(observation.instance.key) &&
          planStart(observation, workspace.say, true).action === 'start',
      )
      .map(({ instance }) => instance.server),
  );
  const keep = new Set(withDependencies([...starting], servers).map(({ key }) => key));
  return {
    snapshot: first,
    pointed: false,
    observations: first.observations.filter(
      ({ instance }) => namedKeys.has(instance.key) || keep.has(instance.server.key),
    ),
  };
};
