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
const chooseSeen = (seen: readonly Seen[]): Seen | undefined => {
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
  return {
    is: 'running',
    seen,
    ours: isOurs(seen) && view !== null,
    proven: isProven(seen),
    phase,
    ready: answers.length === 0 ? unasked(observation) : answers.every(Boolean),
    unresponsive,
    reason: sightings.find(({ reason }) => reason !== undefined)?.reason ?? null,
  };
};

/**
 * Nobody could ask: with a port and no probe, ready is what owns the port; with a program as its probe, what its start
 * has seen. pm2's apps declare no ports, they only set PORT.
 */
const unasked = ({ instance: { server }, ports, view }: Observation): boolean | null => {
  const { probe } = server.ready;
  if (server.type === 'task' || server.block === 'apps') return null;
  if (probe === null)
    return ports.length === 0
      ? null
      : ports.every(({ holders }) => holders.some(({ explained }) => explained));
  return probe.kind === 'exec' && view !== null && view.record.run?.readyAt === null ? false : null;
};

/** Of a range another port is taken: who answers on one of its ports and is not proved to be it is in nobody's way. */
export const isBystander = (
  { ours, proven }: Assessment & { is: 'running' },
  { server, port }: Observation['instance'],
): boolean => !ours && !proven && server.port?.kind === 'range' && port === null && server.command !== null;
