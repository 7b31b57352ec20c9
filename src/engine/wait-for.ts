import type { Instance } from '../model/server.js';
import { assess } from './assess.js';
import { createConfirmer } from './confirm.js';
import { stateOf } from './build-report.js';
import { lookAt, takeSnapshot, type Workspace } from './workspace.js';
import type { Observation } from './snapshot.js';

/** Between two looks, ms: short at first, so that what is quick is told quickly. */
const pauses = [25, 50, 100, 200, 300];

export type Waited = { readonly held: boolean; readonly observations: readonly Observation[] };

/** Looks again and again until it holds for every instance, or the time is over. */
export const waitFor = async (
  workspace: Workspace,
  instances: readonly Instance[],
  holds: (observation: Observation) => boolean,
  timeoutMs: number,
): Promise<Waited> => {
  const { clock } = workspace.host;
  const deadline = clock.monotonic() + timeoutMs;
  const selected = instances.map((instance) => ({ instance, undeclared: false }));
  let before: Waited['observations'] | null = null;
  for (let round = 0; ; round++) {
    const { observations } = await takeSnapshot(workspace, lookAt(workspace), selected, { recognise: false });
    // A look that was called off has seen nothing: what was seen before stands.
    if (workspace.signal.aborted) return { held: false, observations: before ?? observations };
    before = observations;
    // Each of them: a question may be put while another is still awaited.
    if (observations.map(holds).every(Boolean)) return { held: true, observations };
    if (clock.monotonic() >= deadline) return { held: false, observations };
    await clock.sleep(pauses[Math.min(round, pauses.length - 1)] ?? 300, workspace.signal);
  }
};

/** The same, for what is to be ready: of what nobody has seen ready, its start's question is asked meanwhile. */
export const waitUntilReady = async (
  workspace: Workspace,
  instances: readonly Instance[],
  holds: (observation: Observation) => boolean,
  timeoutMs: number,
): Promise<Waited> => {
  const { confirm, end } = createConfirmer(workspace);
  const isConfirmed = (observation: Observation): boolean => {
    const nothingLeft = confirm(observation);
    return holds(observation) && nothingLeft;
  };
  try {
    return await waitFor(workspace, instances, isConfirmed, timeoutMs);
  } finally {
    end();
  }
};

/** A task is ready when it is done. */
export const isReady = (observation: Observation): boolean => {
  const state = stateOf(assess(observation));
  return state === 'online' || (state === 'done' && observation.instance.server.type === 'task');
};

export const isStopped = (observation: Observation): boolean => {
  const { is } = assess(observation);
  return is === 'stopped' || is === 'failed' || is === 'done';
};

/** A server that runs and is not ready gets as long as a start of it would; once it has ended, nobody waits for it. */
export const waitReady = async (workspace: Workspace, instance: Instance): Promise<boolean> => {
  const settled = (observation: Observation): boolean => isReady(observation) || isStopped(observation);
  const { observations } = await waitUntilReady(
    workspace,
    [instance],
    settled,
    instance.server.ready.timeout,
  );
  return observations.every(isReady);
};
