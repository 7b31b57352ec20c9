import type { Instance } from '../model/server.js';
import type { Context } from '../plugin/contract.js';
import { checkStop } from '../plugin/check-answer.js';
import type { Lanes } from '../plugin/lanes.js';
import { runHook } from '../plugin/run-hook.js';
import type { StopOutcome } from '../units/contract.js';
import { sameIdentity } from '../model/process.js';
import { strangerStyle } from './foreign-instance.js';
import type { Halt } from './halt-port.js';
import type { Step } from './plan.js';
import type { StepReport } from './report.js';
import { recogniseProcess } from './recognise.js';
import { targetOf } from './say.js';
import type { Seen, StyledSighting } from './snapshot.js';
import { blank } from './step-report.js';
import type { Workspace } from './workspace.js';

export type StopTools = {
  readonly workspace: Workspace;
  readonly force: boolean;
  readonly context: (instance: Instance, signal: AbortSignal) => Context;
  readonly lanes: Lanes;
  readonly halt: Halt;
};

/** Stops every running server that was seen of an instance, and lets its record say that it is to be down. */
export const stopInstance = async (
  step: Step & { action: 'stop' | 'rest' },
  verb: 'stop' | 'restart',
  tools: StopTools,
): Promise<StepReport> => {
  const { instance, view } = step.observation;
  const { clock } = tools.workspace.host;
  const began = clock.monotonic();
  const took = (): number => Math.round(clock.monotonic() - began);
  const letRest = async (): Promise<void> => {
    if (view !== null && verb === 'stop')
      await tools.workspace.units.stop(instance.key, tools.context(instance, tools.workspace.signal).stop);
  };
  if (step.action === 'rest') {
    await letRest();
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
  // The record named no process, and what ran in its place was stopped from outside: it is to be down all the same.
  if (bad === undefined && view?.main === null) await letRest();
  const pid = step.seen[0]?.main?.pid ?? null;
  const details = tries.flatMap(({ notes }) => notes);
  const base = { ...blank(instance), action: 'stop' as const, pid, port: instance.port, ms: took(), details };
  if (bad !== undefined)
    return {
      ...base,
      outcome: 'failed',
      fault: 'operation',
      message: bad.outcome.message ?? survivorsText(bad.outcome),
      hint: bad.hint,
    };
  if (tries.every(({ outcome }) => outcome.kind === 'not-running'))
    return { ...base, outcome: 'unchanged', message: 'had ended already' };
  const pids = step.seen.flatMap(({ main }) => (main === null ? [] : [main.pid]));
  const was = pids.length === 0 ? '' : ` (was PID ${pids.join(', ')})`;
  return { ...base, outcome: 'done', message: `stopped${was} in ${base.ms} ms` };
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
 * that refuses, the next step is offered as a command: nobody's child is killed behind its manager's back unasked. With
 * `--force` the last step is the process itself, when it is still the one that was seen.
 */
const stopSeen = async (seen: Seen, instance: Instance, tools: StopTools): Promise<Tried> => {
  const notes: string[] = [];
  let last: StopOutcome | null = null;
  for await (const attempt of attemptsOn(seen, instance, tools)) {
    const outcome = await attempt.stop();
    last = outcome;
    const tried = outcome.attempts.map(
      ({ what, outcome: came, ms }) => `${attempt.by}: ${what}: ${came} (${Math.round(ms)} ms)`,
    );
    notes.push(
      ...(tried.length === 0 && outcome.message !== null ? [`${attempt.by}: ${outcome.message}`] : tried),
    );
    notes.push(...outcome.spared.map((process) => `spared: ${process}`));
    if (outcome.kind === 'stopped' || outcome.kind === 'not-running') return { outcome, notes, hint: null };
    if (attempt.owner && !tools.force) break;
  }
  const { say } = tools.workspace;
  const unnamed = instance.record === null && instance.server.declaredIn === null && seen.main !== null;
  const subject = unnamed ? ['--pid', String(seen.main?.pid)] : [targetOf(instance)];
  const hint =
    tools.force || seen.main === null
      ? `See what holds it with: ${say('diagnose', ...subject)}`
      : `End it with: ${say('stop', '--pid', String(seen.main.pid), '--force')}`;
  return { outcome: last ?? nothingToAsk, notes, hint };
};

type Attempt = {
  readonly by: string;
  readonly owner: boolean;
  readonly stop: () => Promise<StopOutcome>;
};

/** The declared style first, then who else recognises the very same process, then, by force, the process itself. */
async function* attemptsOn(seen: Seen, instance: Instance, tools: StopTools): AsyncGenerator<Attempt> {
  const first = candidates(seen);
  const attempt = (sighting: StyledSighting): Attempt => ({
    by: sighting.style === strangerStyle ? 'signals' : sighting.style,
    owner: sighting.role === 'owner',
    stop: () => stopBy(sighting, instance, tools),
  });
  yield* first.map(attempt);
  const { main } = seen;
  const [known] = seen.sightings;
  if (main === null || known.style === strangerStyle) return;
  const { styles, signal } = tools.workspace;
  const { look } = tools.context(instance, signal);
  const others = (await recogniseProcess(main.pid, { styles, look, signal })).flatMap((other) =>
    candidates(other.seen),
  );
  yield* others
    .filter(
      ({ style, main: theirs }) =>
        theirs !== null && sameIdentity(theirs, main) && !first.some((tried) => tried.style === style),
    )
    .map(attempt);
  if (tools.force) yield attempt({ ...known, role: 'witness', style: strangerStyle, main });
}

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
    lanes: tools.lanes,
    call: async (signal) =>
      checkStop(await loaded.style.stop(instance, sighting, tools.context(instance, signal))),
  });
  return result.ok ? result.value : { ...nothingToAsk, message: result.error.message };
};
