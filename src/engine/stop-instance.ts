import type { Instance } from '../model/server.js';
import type { Context } from '../plugin/contract.js';
import { runHook } from '../plugin/run-hook.js';
import type { StopOutcome } from '../units/contract.js';
import { sameIdentity } from '../model/process.js';
import { strangerStyle } from './foreign-instance.js';
import type { Halt } from './halt-port.js';
import type { Step } from './plan.js';
import type { StepReport } from './report.js';
import { targetOf } from './say.js';
import type { Seen, StyledSighting } from './snapshot.js';
import { blank } from './step-report.js';
import type { Workspace } from './workspace.js';

export type StopTools = {
  readonly workspace: Workspace;
  readonly force: boolean;
  readonly context: (instance: Instance, signal: AbortSignal) => Context;
  readonly halt: Halt;
};

/** Stops every running server that was seen of an instance, and lets its record say that it is to be down. */
export const stopInstance = async (
  step: Step & { action: 'stop' | 'rest' },
  verb: 'stop' | 'restart',
  tools: StopTools,
): Promise<StepReport> => {
  const { instance } = step.observation;
  const { clock } = tools.workspace.host;
  const began = clock.monotonic();
  const took = (): number => Math.round(clock.monotonic() - began);
  if (step.action === 'rest') {
    if (instance.record !== null && verb === 'stop')
      await tools.workspace.units.stop(instance.key, tools.context(instance, tools.workspace.signal).stop);
    return {
      ...blank(instance),
      action: 'stop',
      outcome: 'unchanged',
      message: 'is not running',
      ms: took(),
    };
  }
  const tries: Tried[] = [];
  for (const seen of step.seen) tries.push(await stopSeen(seen, instance, tools));
  const bad = tries.find(({ outcome }) => outcome.kind === 'survived' || outcome.kind === 'refused');
  const pid = step.seen[0]?.main?.pid ?? null;
  const details = tries.flatMap(({ notes }) => notes);
  const base = { ...blank(instance), action: 'stop' as const, pid, port: instance.port, ms: took(), details };
  return bad === undefined
    ? {
        ...base,
        outcome: 'done',
        message: `stopped${pid === null ? '' : ` (was PID ${pid})`} in ${base.ms} ms`,
      }
    : {
        ...base,
        outcome: 'failed',
        fault: 'operation',
        message: bad.outcome.message ?? survivorsText(bad.outcome),
        hint: bad.hint,
      };
};

const survivorsText = ({ survivors }: StopOutcome): string =>
  `it could not be ended; still alive: ${survivors.join(', ')}`;

type Tried = {
  readonly outcome: StopOutcome;
  readonly notes: readonly string[];
  readonly hint: string | null;
};

/**
 * Asks the styles in turn, the owner's first, and only those whose sighting names the very same process. Past an owner
 * that refuses, the next step is offered as a command: nobody's child is killed behind its manager's back unasked.
 */
const stopSeen = async (seen: Seen, instance: Instance, tools: StopTools): Promise<Tried> => {
  const notes: string[] = [];
  let last: StopOutcome | null = null;
  for (const sighting of candidates(seen)) {
    const outcome = await stopBy(sighting, instance, tools);
    last = outcome;
    const tried = outcome.attempts.map(
      ({ what, outcome: came, ms }) => `${sighting.style}: ${what}: ${came} (${ms} ms)`,
    );
    notes.push(
      ...(tried.length === 0 && outcome.message !== null ? [`${sighting.style}: ${outcome.message}`] : tried),
    );
    notes.push(...outcome.spared.map((process) => `spared: ${process}`));
    if (outcome.kind === 'stopped' || outcome.kind === 'not-running') return { outcome, notes, hint: null };
    if (sighting.role === 'owner' && !tools.force) break;
  }
  const { say } = tools.workspace;
  const name = targetOf(instance);
  return {
    outcome: last ?? nothingToAsk,
    notes,
    hint: tools.force
      ? `See what holds it with: ${say('diagnose', name)}`
      : `End it with: ${say('stop', name, '--force')}`,
  };
};

const nothingToAsk: StopOutcome = {
  kind: 'refused',
  attempts: [],
  survivors: [],
  spared: [],
  message: 'no loaded style can stop it',
};

/** One sighting a style, the main one's identity first; those that name another process are left out. */
const candidates = ({ sightings, main }: Seen): readonly StyledSighting[] => {
  const same = sightings.filter(
    (sighting) => main === null || (sighting.main !== null && sameIdentity(sighting.main, main)),
  );
  const [first] = same.length === 0 ? sightings : same;
  return [first, ...same].filter(
    (sighting, index, all): sighting is StyledSighting =>
      sighting !== undefined && all.findIndex((other) => other?.style === sighting.style) === index,
  );
};

const stopBy = async (
  sighting: StyledSighting,
  instance: Instance,
  tools: StopTools,
): Promise<StopOutcome> => {
  if (sighting.style === strangerStyle && sighting.main !== null) {
    const { endpoints } = sighting;
    const fill = { pid: String(sighting.main.pid) };
    // Asked by force: still TERM first, so that it may end well.
    const polite = { ...tools.context(instance, tools.workspace.signal).stop, force: false };
    return tools.halt({ main: sighting.main, endpoints, stop: instance.server.stop, fill }, polite);
  }
  const loaded = tools.workspace.styles.get(sighting.style);
  if (loaded === undefined) return { ...nothingToAsk, message: `the style ${sighting.style} is not loaded` };
  const result = await runHook<StopOutcome>({
    style: sighting.style,
    hook: 'stop',
    instance,
    signal: tools.workspace.signal,
    call: (signal) => loaded.style.stop(instance, sighting, tools.context(instance, signal)),
  });
  return result.ok ? result.value : { ...nothingToAsk, message: result.error.message };
};
