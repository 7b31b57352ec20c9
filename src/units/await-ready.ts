import type { Host } from '../host/host.js';
import { sameIdentity } from '../model/process.js';
import type { Progress } from './contract.js';
import type { ListenerWatch } from './ownership.js';
import { type Candidate, createReadyRule, type RuleAnswer } from './ready-rule.js';

export type Verdict =
  | { readonly kind: 'ready'; readonly warnings: readonly string[] }
  | { readonly kind: 'gone' }
  | { readonly kind: 'foreign'; readonly holder: string }
  | {
      readonly kind: 'late';
      readonly expected: string;
      readonly seen: string;
    }
  | { readonly kind: 'aborted' };

/** Whether it still lives is one read: so often is it looked at, whatever the questions take. */
const lifePoll = 40;
const firstPause = 30;
/** Between two looks at a port: so many times as long as the last took, and a part of the time it has waited. */
const portRest = 8;
const portPatience = 1 / 50;
const fastestLook = 10;
const slowestLook = 60;
/** A question that is open for so long is told where nobody has answered yet, and for so long where somebody has. */
const openWorthTelling = 200;
const openBeyondAnswers = 1000;
/** A stranger on the port: the server is given this long to fail by itself, and to say so in its own words. */
const foreignGrace = 700;

/**
 * Waits until a candidate is ready, has gone, or is late. Questions are asked one after another, at first quickly, then
 * every `interval`; a question that hangs does not hide that the process has died meanwhile. Where only the port is
 * looked at, a machine that has nothing to do looks often and a busy one seldom.
 */
export const awaitReady = async (
  host: Host,
  watch: ListenerWatch,
  candidate: Candidate,
  deadline: number,
  signal: AbortSignal,
  progress: Progress,
): Promise<Verdict> => {
  const rule = createReadyRule(host, watch, candidate);
  progress(`waiting until ready (${rule.words})`);
  const questions = new AbortController();
  const { interval, probe } = candidate.spec.ready;
  const since = host.clock.monotonic();
  let answer: RuleAnswer = { kind: 'not-yet', text: 'nothing was seen', unheard: true };
  let asking: Promise<void> | null = null;
  let askedAt = 0;
  // Nothing is listening yet that was spawned this moment; a probe, or what began before, may answer at once.
  let next = probe === null && candidate.run.startedAt > host.clock.now() - 1000 ? since + fastestLook : 0;
  let pause = firstPause;
  let foreignSince: number | null = null;
  const ask = async (): Promise<void> => {
    askedAt = host.clock.monotonic();
    answer = await rule.ask(questions.signal);
    asking = null;
    const now = host.clock.monotonic();
    pause =
      probe === null
        ? Math.min(
            slowestLook,
            Math.max(fastestLook, (now - askedAt) * portRest, (now - since) * portPatience),
          )
        : Math.max(lifePoll, Math.min(pause * 1.2, interval));
    next = now + pause;
  };
  try {
    for (;;) {
      if (signal.aborted) return { kind: 'aborted' };
      const now = host.processes.identify(candidate.main.pid);
      if (now === null || !sameIdentity(now, candidate.main)) return { kind: 'gone' };
      if (asking === null && host.clock.monotonic() >= next) asking = ask();
      if (asking !== null) await Promise.race([asking, host.clock.sleep(lifePoll, signal)]);
      const current = answer as RuleAnswer;
      if (current.kind === 'ready') {
        return {
          kind: 'ready',
          warnings: [...rule.warnings, ...(current.warning === null ? [] : [current.warning])],
        };
      }
      const time = host.clock.monotonic();
      foreignSince = current.kind === 'foreign' ? (foreignSince ?? time) : null;
      if (current.kind === 'foreign' && foreignSince !== null && time - foreignSince >= foreignGrace)
        return current;
      if (time >= deadline) {
        const open = asking === null ? 0 : Math.round(time - askedAt);
        const unheard = current.kind === 'not-yet' && current.unheard === true;
        const worthTelling = unheard ? openWorthTelling : Math.max(interval, openBeyondAnswers);
        const last: RuleAnswer =
          open < worthTelling ? current : { kind: 'not-yet', text: `no answer came within ${open} ms` };
        return { kind: 'late', expected: rule.words, seen: seenWords(last, rule.elsewhere()) };
      }
      if (asking === null) await host.clock.sleep(Math.max(1, Math.min(next - time, lifePoll)), signal);
    }
  } finally {
    questions.abort();
  }
};

const seenWords = (answer: RuleAnswer, ports: readonly number[]): string => {
  const text = answer.kind === 'not-yet' ? answer.text : 'its port is held by somebody else';
  return ports.length === 0 ? text : `${text}; it listens on ${ports.join(', ')} instead`;
};
