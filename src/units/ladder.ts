import { formatDuration } from '../model/duration.js';
import type { Host } from '../host/host.js';
import type { Identity } from '../model/process.js';
import type { Endpoint } from '../model/socket.js';
import type { StopPolicy, StopStep } from '../model/unit.js';
import type { Progress, StopAttempt } from './contract.js';
import type { ListenerWatch } from './ownership.js';
import type { ProcessWatch } from './process-watch.js';
import { askToStop, type StepFacts } from './stop-request.js';
import { createSocketWatch, type SocketWatch } from './socket-watch.js';
import type { Tree } from './tree.js';

export type Ladder = {
  readonly host: Host;
  readonly scans: ProcessWatch;
  readonly listeners: ListenerWatch;
  readonly tree: Tree;
  readonly policy: StopPolicy;
  readonly endpoints: readonly Endpoint[];
  readonly facts: StepFacts;
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly progress: Progress;
};

export type Descent = {
  readonly attempts: readonly StopAttempt[];
  /** Alive at the end. */
  readonly left: readonly Identity[];
  /** Ports that are still open although the tree has gone. */
  readonly openPorts: readonly number[];
  readonly denied: boolean;
  readonly aborted: boolean;
};

/** How long SIGKILL may take: only a process that waits for the kernel outlives it. */
const killWait = 5000;
const firstPoll = 5;
const slowestPoll = 50;

/**
 * The rungs of a stop, politest first; each ends early when the whole tree has gone and its sockets are closed.
 * SIGKILL to what is left is always the last one.
 */
export const climbDown = async (ladder: Ladder): Promise<Descent> => {
  const { host, tree, policy, force } = ladder;
  const sockets = createSocketWatch(host, ladder.listeners, ladder.endpoints, tree.alive());
  const attempts: StopAttempt[] = [];
  let denied = false;
  const descent = async (gone: boolean): Promise<Descent> => ({
    attempts,
    left: tree.alive(),
    openPorts: gone || tree.alive().length > 0 ? [] : await openPorts(host, sockets),
    denied,
    aborted: ladder.signal.aborted,
  });
  for (const step of force ? [] : policy.steps) {
    if (ladder.signal.aborted) return descent(false);
    const begun = host.clock.monotonic();
    const tried = await take(ladder, step, sockets);
    denied ||= tried.denied;
    attempts.push({ what: tried.what, outcome: tried.outcome, ms: since(host, begun) });
    if (tried.gone) return descent(true);
  }
  const begun = host.clock.monotonic();
  const killed = await killAll(ladder, sockets);
  denied ||= killed.denied;
  attempts.push({ what: killed.what, outcome: killed.outcome, ms: since(host, begun) });
  return descent(killed.gone);
};

const openPorts = async (host: Host, sockets: SocketWatch): Promise<readonly number[]> => {
  const since = host.clock.monotonic();
  for (;;) {
    const open = sockets.open(since);
    if (open !== null) return open;
    await host.clock.sleep(firstPoll);
  }
};

type Tried = {
  readonly what: string;
  readonly outcome: string;
  readonly gone: boolean;
  readonly denied: boolean;
};

const take = async (ladder: Ladder, step: StopStep, sockets: SocketWatch): Promise<Tried> => {
  const deadline = ladder.host.clock.monotonic() + step.wait;
  if (step.kind === 'signal') return takeSignal(ladder, step, deadline, sockets);
  ladder.progress(`stopping by ${step.kind}`);
  const request = await askToStop(ladder.host, step, ladder.facts, ladder.endpoints, ladder.signal);
  if (!request.asked) return { what: request.what, outcome: request.outcome, gone: false, denied: false };
  const gone = await waitGone(ladder, deadline, sockets);
  const ending = gone ? 'it ended' : `still alive after ${step.wait} ms`;
  return { what: request.what, outcome: `${request.outcome}; ${ending}`, gone, denied: false };
};

const takeSignal = async (
  ladder: Ladder,
  step: Extract<StopStep, { kind: 'signal' }>,
  deadline: number,
  sockets: SocketWatch,
): Promise<Tried> => {
  const { tree, progress } = ladder;
  const main = tree.scope.main;
  const first = tree.alive();
  const toMain = step.to === 'main' ? first.filter(({ pid }) => pid === main?.pid) : [];
  const targets = toMain.length > 0 ? toMain : first;
  const what = `${step.signal} to ${toMain.length > 0 ? 'the main process' : count(first.length)}`;
  progress(`${what}, waiting up to ${formatDuration(step.wait)}`);
  const signalled = new Set(targets.map(({ pid }) => pid));
  const { sent, denied } = tree.signal(targets, step.signal);
  if (sent === 0 && denied > 0) return { what, outcome: 'not permitted', gone: false, denied: true };
  /** Those that came later, and behind a main process that drains those that it leaves. */
  const catchUp = (): void => {
    const alive = tree.alive();
    if (toMain.length > 0 && alive.some(({ pid }) => pid === main?.pid)) return;
    const late = alive.filter(({ pid }) => !signalled.has(pid));
    for (const { pid } of late) signalled.add(pid);
    tree.signal(late, step.signal);
  };
  const gone = await waitGone(ladder, deadline, sockets, catchUp);
  return { what, outcome: gone ? 'ended' : `still alive after ${step.wait} ms`, gone, denied: denied > 0 };
};

const killAll = async (ladder: Ladder, sockets: SocketWatch): Promise<Tried> => {
  const { host, tree } = ladder;
  const deadline = host.clock.monotonic() + killWait;
  tree.look(await ladder.scans.after(host.clock.monotonic()));
  const targets = tree.alive();
  const what = `SIGKILL to ${count(targets.length)}`;
  ladder.progress(what);
  let denied = tree.signal(targets, 'SIGKILL').denied > 0;
  const kill = (): void => {
    const left = tree.signal(tree.alive(), 'SIGKILL');
    denied = left.denied > 0;
  };
  const gone = await waitGone(ladder, deadline, sockets, kill, () => denied);
  return { what, outcome: gone ? 'ended' : denied ? 'not permitted' : 'still alive', gone, denied };
};

const count = (processes: number): string => (processes === 1 ? 'its process' : `its ${processes} processes`);

const since = (host: Host, begun: number): number => Math.round(host.clock.monotonic() - begun);

/**
 * Cheap while somebody known lives; when all known ones have gone, all processes are looked over once more,
 * for what was born meanwhile, and the sockets must be closed.
 */
const waitGone = async (
  ladder: Ladder,
  deadline: number,
  sockets: SocketWatch,
  again: () => void = () => undefined,
  hopeless: () => boolean = () => false,
): Promise<boolean> => {
  const { host, tree, scans, signal } = ladder;
  /** Since when nobody known lives, and when its sockets were last asked about in vain. */
  let empty: number | null = null;
  let asked = 0;
  for (let poll = firstPoll; ; poll = Math.min(poll * 1.5, slowestPoll)) {
    const now = host.clock.monotonic();
    if (tree.alive().length === 0) {
      empty ??= now;
      const scan = scans.at(empty);
      if (scan !== null && tree.look(scan).rows.length > 0) {
        empty = null;
        again();
      } else if (scan !== null) {
        const open = sockets.open(Math.max(empty, asked));
        if (open?.length === 0) return true;
        if (open !== null) asked = now;
      }
    } else {
      empty = null;
      const scan = poll >= slowestPoll ? scans.at(now - slowestPoll) : null;
      if (scan !== null) {
        tree.look(scan);
        again();
      }
    }
    const left = deadline - host.clock.monotonic();
    if (left <= 0 || signal.aborted || hopeless()) return false;
    await host.clock.sleep(Math.min(poll, left), signal);
  }
};
