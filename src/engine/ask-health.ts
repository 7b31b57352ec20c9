import { isStopped } from '../model/process.js';
import type { Look } from '../plugin/contract.js';
import { hasAnswered, healthProbe } from './ask-declared.js';
import { askOwn } from './ask-now.js';
import type { Assessment } from './assess.js';
import type { Observation } from './snapshot.js';
import type { Workspace } from './workspace.js';

export type HealthAnswer = { readonly healthy: boolean; readonly text: string; readonly ms: number | null };

/** Is it well? By its declared probe, asked now and given all of its time; without one, by what its style has just seen. */
export const askHealth = async (
  { instance }: Observation,
  workspace: Workspace,
  look: Look,
  assessment: Assessment,
): Promise<HealthAnswer> => {
  if (assessment.is !== 'running')
    return { healthy: false, text: assessment.reason ?? `it is ${assessment.is}`, ms: null };
  const probe = healthProbe(instance);
  const { seen } = assessment;
  const answered = hasAnswered(seen);
  // Stopped by a signal it does nothing, also where it has no port to be silent on.
  if (isFrozen(assessment, workspace)) return { healthy: false, text: wordsOf(assessment), ms: null };
  if (probe === null || (answered && probe.kind !== 'exec'))
    return {
      healthy: assessment.ready !== false && !assessment.unresponsive,
      text: wordsOf(assessment),
      ms: null,
    };
  const { host, environment, signal } = workspace;
  const began = host.clock.monotonic();
  const answer = await askOwn(host, { instance, seen, look }, probe, Infinity, environment, signal);
  return { healthy: answer.pass, text: answer.text, ms: Math.round(host.clock.monotonic() - began) };
};

const isFrozen = ({ seen }: Assessment & { is: 'running' }, { host }: Workspace): boolean => {
  const row = seen.main === null ? undefined : host.processes.table().rows.get(seen.main.pid);
  return row !== undefined && isStopped(row);
};

const wordsOf = (assessment: Assessment & { is: 'running' }): string => {
  const { reason, ready, unresponsive, seen } = assessment;
  if (unresponsive) return reason ?? 'it accepts connections and does not answer';
  if (reason !== null) return reason;
  if (ready === false) return 'it is not ready';
  return ready === true && seen.sightings.some(({ endpoints }) => endpoints.length > 0)
    ? 'it answers'
    : 'it runs';
};
