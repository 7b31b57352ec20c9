import type { InstanceKey } from '../model/key.js';
import { askNow } from './ask-now.js';
import { assess } from './assess.js';
import type { Observation } from './snapshot.js';
import type { Workspace } from './workspace.js';

/** Asks of servers that nobody has seen ready what their start would have asked, also where that is a program. */
export type Confirmer = {
  /** Begins to ask where there is something to ask; tells whether nothing is left. */
  readonly confirm: (observation: Observation) => boolean;
  readonly end: () => void;
};

/**
 * Whoever waits for a server has named it, so the program that its file names may be run. Of ours what passes is recorded;
 * what mpm-io did not start has no record, and is asked anew by each wait.
 */
export const createConfirmer = (workspace: Workspace): Confirmer => {
  const over = new AbortController();
  const signal = AbortSignal.any([workspace.signal, over.signal]);
  const asking = new Set<InstanceKey>();
  const passed = new Set<InstanceKey>();
  const failures: unknown[] = [];
  const begin = async (key: InstanceKey, question: () => Promise<boolean>): Promise<void> => {
    asking.add(key);
    try {
      if (await question()) passed.add(key);
    } catch (thrown) {
      failures.push(thrown);
    } finally {
      asking.delete(key);
    }
  };
  return {
    confirm: (observation) => {
      if (failures.length > 0) throw failures[0];
      const { key } = observation.instance;
      const question = questionOf(observation, workspace, signal);
      if (question === null || passed.has(key)) return true;
      if (!asking.has(key)) void begin(key, question);
      return false;
    },
    end: () => over.abort(),
  };
};

/** `null`: a look alone tells. */
const questionOf = (
  observation: Observation,
  { host, units, environment }: Workspace,
  signal: AbortSignal,
): (() => Promise<boolean>) | null => {
  const { instance, view } = observation;
  const assessment = assess(observation);
  if (assessment.is !== 'running' || instance.server.type === 'task') return null;
  const { confirmReady } = units;
  if (assessment.ours && view !== null) {
    if (view.record.run?.readyAt !== null || view.state !== 'running' || confirmReady === undefined)
      return null;
    return () => confirmReady(instance.key, { signal, progress: () => undefined });
  }
  const { probe } = instance.server.ready;
  if (probe?.kind !== 'exec' || assessment.ready !== null) return null;
  return async () => (await askNow(host, instance, probe, Infinity, environment, signal)).pass;
};
