import type { Observation, Seen } from './snapshot.js';

/** What one observation comes to. Everything else (state words, plans, exit codes) follows from it. */
export type Assessment =
  | {
      readonly is: 'running';
      readonly seen: Seen;
      /** We launched it: our record says so. */
      readonly ours: boolean;
      /** It is the declared server, beyond answering on its port. */
      readonly proven: boolean;
      readonly phase: 'starting' | 'running' | 'stopping';
      readonly ready: boolean | null;
      readonly unresponsive: boolean;
      /** Nobody knows whether it is ready: it was started without waiting, and its probe is a program. */
      readonly unasked: boolean;
      readonly reason: string | null;
    }
  | { readonly is: 'failed' | 'done'; readonly reason: string }
  | { readonly is: 'stopped'; readonly reason: string | null }
  /** The style could not look: neither up nor down may be concluded. */
  | { readonly is: 'unknown'; readonly reason: string };

export const assess = (observation: Observation): Assessment => {
  const { detection, view, seen } = observation;
  const running = chooseSeen(seen);
  if (running !== undefined) return assessRunning(running, observation);
  if (view?.state === 'failed' || view?.state === 'done')
    return { is: view.state, reason: view.reason ?? 'it has ended' };
  if (view?.state === 'starting') return { is: 'stopped', reason: 'another command is starting it' };
  if (detection.seen === 'unavailable') return { is: 'unknown', reason: detection.reason };
  if (detection.seen === 'failed') return { is: 'unknown', reason: detection.error.message };
  const told =
    detection.seen === 'running' ? detection.sightings.find(({ reason }) => reason !== undefined) : undefined;
  if (told !== undefined && (told.phase === 'failed' || told.phase === 'done'))
    return { is: told.phase, reason: told.reason ?? 'it has ended' };
  return { is: 'stopped', reason: view?.reason ?? told?.reason ?? null };
};

/** Ours before what is proved before what is merely there. */
export const chooseSeen = (seen: readonly Seen[]): Seen | undefined => {
  const alive = seen.filter(({ sightings }) => sightings.some(({ phase }) => isUp(phase)));
  return alive.find(isOurs) ?? alive.find(isProven) ?? alive[0];
};

const isUp = (phase: string): boolean => phase === 'running' || phase === 'starting' || phase === 'stopping';

export const isOurs = ({ sightings }: Seen): boolean =>
  sightings.some(
    ({ role, evidence }) => role === 'owner' && evidence.some(({ source }) => source === 'record'),
  );

export const isProven = ({ sightings }: Seen): boolean => sightings.some(({ proven }) => proven);

const assessRunning = (seen: Seen, observation: Observation): Assessment => {
  const { view } = observation;
  const { sightings } = seen;
  const unresponsive = sightings.some((sighting) => sighting.unresponsive === true);
  const phases = sightings.map(({ phase }) => phase);
  const phase =
    phases.find((word) => word === 'stopping') ?? (phases.includes('starting') ? 'starting' : 'running');
  // Whoever looked decides: a "no" outweighs a "yes", and silence is no answer.
  const answers = sightings.flatMap(({ ready }) => (ready === null ? [] : [ready]));
  const isUnasked = answers.length === 0 && sightings.some((sighting) => sighting.unasked === true);
  return {
    is: 'running',
    seen,
    ours: isOurs(seen) && view !== null,
    proven: isProven(seen),
    phase,
    ready: isUnasked ? null : answers.length === 0 ? byPort(observation) : answers.every(Boolean),
    unresponsive,
    unasked: isUnasked,
    reason: sightings.find(({ reason }) => reason !== undefined)?.reason ?? null,
  };
};

/**
 * Nobody could ask: with a port and nothing that can be asked from outside, ready is what owns the port. pm2's apps declare
 * no ports, they only set PORT.
 */
const byPort = ({ instance: { server }, ports }: Observation): boolean | null => {
  const { probe } = server.ready;
  const isAsked = probe !== null && probe.kind !== 'message' && probe.kind !== 'notify';
  if (server.type === 'task' || server.block === 'apps' || isAsked || ports.length === 0) return null;
  return ports.every(({ holders }) => holders.some(({ explained }) => explained));
};

/** Of a range another port is taken: who answers on one of its ports and is not proved to be it is in nobody's way. */
export const isBystander = (
  { ours, proven }: Assessment & { is: 'running' },
  { server, port }: Observation['instance'],
): boolean => !ours && !proven && server.port?.kind === 'range' && port === null && server.command !== null;
