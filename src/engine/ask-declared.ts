import { isStopped } from '../model/process.js';
import type { Probe } from '../model/probe.js';
import type { Instance } from '../model/server.js';
import type { AskableProbe, ProbeAnswer } from '../units/probe.js';
import { askOwn } from './ask-now.js';
import { askUnseen } from './ask-unseen.js';
import { chooseSeen } from './assess.js';
import type { ObserveOptions } from './observe-options.js';
import type { Sighted } from './one-server.js';
import type { Seen, StyledSighting } from './snapshot.js';

/** The longest that a look waits for one answer. */
const longestLook = 1000;

/** What a server declares to be asked whether it is well; only what can be asked again tells that. */
export const healthProbe = ({ server }: Instance): AskableProbe | null =>
  repeatable(server.health?.probe ?? null) ?? repeatable(server.ready.probe);

const repeatable = (probe: Probe | null): AskableProbe | null =>
  probe !== null && (probe.kind === 'http' || probe.kind === 'tcp' || probe.kind === 'exec') ? probe : null;

/** Its style has asked the server itself; what was recorded at its start, or read from a file, is no answer. */
export const hasAnswered = ({ sightings }: Seen): boolean =>
  sightings.some(
    ({ role, evidence }) => role === 'witness' && evidence.some(({ source }) => source === 'health'),
  );

/**
 * That a process lives, or that it was ready once, does not say that it answers now: where the style has not asked, the
 * declared probe is. Until somebody has seen it ready that is the question of its start; a program is run for neither.
 */
export const askDeclared = async (one: Sighted, { host, look, signal }: ObserveOptions): Promise<Sighted> => {
  const { instance } = one;
  const seen = chooseSeen(one.seen);
  if (seen === undefined || instance.server.type === 'task') return one;
  const withSeen = (told: Seen): Sighted => ({
    ...one,
    seen: one.seen.map((each) => (each === seen ? told : each)),
  });
  const row = seen.main === null ? undefined : look.processes.rows.get(seen.main.pid);
  if (seen.sightings.some(({ phase }) => phase !== 'running') || (row !== undefined && isStopped(row)))
    return one;
  const early = await askUnseen(instance, seen, host, look, longestLook, signal);
  if (early?.kind === 'not-asked') return withSeen(leaveUnasked(seen, early.inTime));
  if (early?.answer.pass === false) return withSeen(tell(seen, early.answer));
  if (hasAnswered(seen)) return one;
  const probe = healthProbe(instance);
  if (probe !== null && probe.kind !== 'exec')
    return withSeen(tell(seen, await askOwn(host, { instance, seen, look }, probe, longestLook, {}, signal)));
  return early === null ? one : withSeen(tell(seen, early.answer));
};

/** While it has its time it is starting; then nobody knows, and it is not called ready by guessing. */
const leaveUnasked = (seen: Seen, inTime: boolean): Seen => {
  const [first, ...others] = seen.sightings;
  const text = 'nobody has asked its ready probe yet, a program that only start and wait run';
  const told = { ...first, ready: inTime ? false : null, reason: text, unasked: true as const };
  return {
    ...seen,
    sightings: [{ ...told, evidence: [...first.evidence, { source: 'probe', text }] }, ...others],
  };
};

const tell = (seen: Seen, answer: ProbeAnswer): Seen => {
  const [first, ...others] = seen.sightings;
  const told = (sighting: StyledSighting): StyledSighting => ({
    ...sighting,
    ready: answer.pass,
    ...(answer.silent === true ? { unresponsive: true } : {}),
    ...(answer.pass ? {} : { reason: answer.text }),
  });
  const source = { source: 'probe', text: answer.text };
  return {
    ...seen,
    sightings: [{ ...told(first), evidence: [...first.evidence, source] }, ...others.map(told)],
  };
};
