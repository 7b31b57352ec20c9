import { assess, isBystander, isProven, type Assessment } from './assess.js';
import { strangerStyle } from './foreign-instance.js';
import type { Say } from './say.js';
import { targetOf } from './say.js';
import type { HolderFact, Observation, Seen } from './snapshot.js';
import { excludes } from './excludes.js';
import { isDropped } from './snapshot.js';
import { addressOf, describeHolder, describeSeen, endPointed } from './rules/rule.js';

/** What is to be done about one instance. Ignorance never starts or ends anything. */
export type Step = {
  readonly observation: Observation;
} & (
  | { readonly action: 'start' }
  | { readonly action: 'keep'; readonly seen: Seen; readonly ours: boolean; readonly ready: boolean | null }
  | { readonly action: 'stop'; readonly seen: readonly Seen[] }
  /** Nothing runs; its record, if any, is to say so. */
  | { readonly action: 'rest' }
  | { readonly action: 'skip'; readonly message: string }
  | { readonly action: 'refuse'; readonly message: string; readonly hint: string; readonly usage: boolean }
);

/** Started since the processes were looked at, perhaps by another start of this very server: who launches decides, under the lock. */
const isNewer = ({ pids, process }: HolderFact): boolean => pids.length > 0 && process === null;

export const planStart = (observation: Observation, say: Say, named: boolean): Step => {
  if (isDropped(observation)) return skipDropped(observation, say);
  const assessment = assess(observation);
  const { server } = observation.instance;
  if (assessment.is === 'running' && !isBystander(assessment, observation.instance))
    return planRunning(assessment, observation, say);
  if (assessment.is === 'unknown') return refuseUnknown(observation, assessment.reason, say);
  if (!server.autostart && !named)
    return { observation, action: 'skip', message: 'autostart is off: it is started by its name only' };
  const held = observation.ports
    .flatMap(({ holders }) => holders)
    .find((holder) => !holder.explained && !isNewer(holder) && excludes(holder, server.host));
  if (held !== undefined && !server.ready.anyOwner) return refuseHeld(observation, held, say);
  if (server.command === null)
    return {
      observation,
      action: 'refuse',
      message: `${targetOf(observation.instance)} has no script or command: it is observed and stopped only.`,
      hint: `Give it a "script" or "command" in ${server.declaredIn ?? 'an ecosystem file'}.`,
      usage: true,
    };
  return { observation, action: 'start' };
};

/** What its file has dropped can be stopped and deleted, and is never brought up again. */
const skipDropped = (observation: Observation, say: Say): Step => ({
  observation,
  action: 'skip',
  message: `its file has dropped it, so it is not started; delete it with: ${say('delete', targetOf(observation.instance))}`,
});

const planRunning = (
  assessment: Assessment & { is: 'running' },
  observation: Observation,
  say: Say,
): Step => {
  const { seen, ours, proven, phase, unresponsive } = assessment;
  // What nobody has asked is asked by a start as well.
  const ready = assessment.unasked ? false : assessment.ready;
  const { server } = observation.instance;
  const name = targetOf(observation.instance);
  if (!ours && !proven)
    return {
      observation,
      action: 'refuse',
      message: `${describeSeen(seen)} is where ${name} should be, and nothing proves that it is ${name}.`,
      hint:
        seen.main === null
          ? `See what is known with: ${say('diagnose', name)}`
          : `Stop it with: ${endPointed(seen, seen.main.pid, say)}`,
      usage: false,
    };
  if (phase === 'stopping')
    return {
      observation,
      action: 'refuse',
      message: `${name} is stopping: ${describeSeen(seen)}.`,
      hint: `Wait until it has ended with: ${say('wait', name, '--for', 'stopped')}`,
      usage: false,
    };
  if (unresponsive)
    return {
      observation,
      action: 'refuse',
      message: `${name} is running and does not answer: ${describeSeen(seen)}.`,
      hint:
        server.command === null
          ? `Stop it with: ${say('stop', name)}`
          : `Start it again with: ${say('restart', name)}`,
      usage: false,
    };
  return { observation, action: 'keep', seen, ours, ready };
};

const refuseUnknown = (observation: Observation, reason: string, say: Say): Step => ({
  observation,
  action: 'refuse',
  message: `${targetOf(observation.instance)} may be running: its style could not look (${reason}).`,
  hint: `See what is known with: ${say('diagnose', targetOf(observation.instance))}`,
  usage: false,
});

const refuseHeld = (observation: Observation, holder: HolderFact, say: Say): Step => {
  const [known] = holder.recognised;
  const pid = holder.process?.pid;
  const owner = observation.yielded.find((lost) => holder.pids.includes(lost.pid));
  const what =
    owner !== undefined
      ? `, which is ${owner.name}${owner.style === null ? '' : ` (${owner.style})`}`
      : known === undefined
        ? ''
        : `, which is ${known.name} (${known.style})`;
  return {
    observation,
    action: 'refuse',
    message: `Port ${holder.port} of ${targetOf(observation.instance)} is held by ${describeHolder(holder)} on ${addressOf(holder)}${what}.`,
    hint:
      pid === undefined
        ? `See who holds it with: sudo ${say('diagnose', '--port', String(holder.port))}`
        : `Stop it with: ${say('stop', '--pid', String(pid), ...(known === undefined && owner === undefined ? ['--force'] : []))}`,
    usage: false,
  };
};

export type StopWish = {
  /** It was named by its port or PID: the person pointed at the process itself. */
  readonly pointed: boolean;
  readonly force: boolean;
};

export const planStop = (observation: Observation, say: Say, { pointed, force }: StopWish): Step => {
  const assessment = assess(observation);
  const name = targetOf(observation.instance);
  if (assessment.is === 'unknown') return refuseUnknown(observation, assessment.reason, say);
  if (assessment.is !== 'running') return { observation, action: 'rest' };
  const [first] = observation.seen;
  if (first?.sightings[0].style === strangerStyle && !force)
    return {
      observation,
      action: 'refuse',
      message: `No style recognises PID ${first.main?.pid ?? '?'} (${name}); it is not signalled unasked.`,
      hint: `If nobody needs it: ${say('stop', '--pid', String(first.main?.pid ?? ''), '--force')}`,
      usage: false,
    };
  const certain = pointed ? observation.seen : observation.seen.filter(isProven);
  if (certain.length > 0) return { observation, action: 'stop', seen: certain };
  const { seen } = assessment;
  return {
    observation,
    action: 'refuse',
    message: `${describeSeen(seen)} is where ${name} should be, and nothing proves that it is ${name}; it is not signalled.`,
    hint:
      seen.main === null
        ? `See what is known with: ${say('diagnose', name)}`
        : `If it is to end: ${endPointed(seen, seen.main.pid, say)}`,
    usage: false,
  };
};

/** A restart first stops; what may not be started again is not stopped for it. */
export const planRestart = (observation: Observation, say: Say, wish: StopWish): Step => {
  if (isDropped(observation)) return skipDropped(observation, say);
  const { server } = observation.instance;
  if (server.command !== null) return planStop(observation, say, wish);
  const name = targetOf(observation.instance);
  const { undeclared, view, seen } = observation;
  const assessment = assess(observation);
  // A name that no file and no record knows cannot be typed, and what nothing proves is not stopped by its name.
  const byPid = (undeclared && view === null) || (assessment.is === 'running' && !seen.some(isProven));
  const [first] = byPid ? seen : [];
  const main = first?.main ?? null;
  return {
    observation,
    action: 'refuse',
    message: `${name} has no script or command: it can be stopped, and not be started again.`,
    hint: `Stop it with: ${first === undefined || main === null ? say('stop', name) : endPointed(first, main.pid, say)}`,
    usage: true,
  };
};
