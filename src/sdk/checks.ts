import type { Check, CheckPolicy, CheckState } from './contract.js';

export type Checks = {
  states(): Readonly<Record<string, CheckState>>;
  release(): void;
};

/**
 * Asks every check at an interval, each by itself. A check that fails `failures` times within `window` opens its circuit: it rests
 * for `rest` ms, so that what is down is not hammered, then gets one trial; success closes the circuit and forgets the failures.
 */
export const runChecks = (checks: Readonly<Record<string, Check>>, policy: CheckPolicy): Checks => {
  const runners = Object.entries(checks).map(([name, check]) => [name, runner(check, policy)] as const);
  const tick = (): void => {
    for (const [, run] of runners) void run.ask();
  };
  const timer = runners.length === 0 ? undefined : setInterval(tick, policy.interval).unref();
  tick();
  return {
    states: () => Object.fromEntries(runners.map(([name, run]) => [name, run.state()])),
    release: () => clearInterval(timer),
  };
};

const runner = (check: Check, policy: CheckPolicy): { ask(): Promise<void>; state(): CheckState } => {
  let state: CheckState = {
    ok: null,
    consecutive_failures: 0,
    circuit: 'closed',
    error: null,
    milliseconds: null,
  };
  let failures: readonly number[] = [];
  let restsUntil = 0;
  let asking = false;

  const failed = (error: string, milliseconds: number): void => {
    const now = performance.now();
    failures = [...failures.filter((at) => now - at < policy.window), now];
    const open = state.circuit === 'open' || failures.length >= policy.failures;
    if (open) restsUntil = now + policy.rest;
    state = {
      ok: false,
      consecutive_failures: state.consecutive_failures + 1,
      circuit: open ? 'open' : 'closed',
      error,
      milliseconds,
    };
  };
  const passed = (milliseconds: number): void => {
    if (state.circuit === 'open') failures = [];
    state = { ok: true, consecutive_failures: 0, circuit: 'closed', error: null, milliseconds };
  };

  const ask = async (): Promise<void> => {
    if (asking || performance.now() < restsUntil) return;
    asking = true;
    const began = performance.now();
    const error = await verdict(check, policy.timeout);
    const took = Math.round(performance.now() - began);
    if (error === null) passed(took);
    else failed(error, took);
    asking = false;
  };
  return { ask, state: () => state };
};

/** `null` when it passed, else why not. */
const verdict = async (check: Check, timeout: number): Promise<string | null> => {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve(`no answer within ${timeout} ms`);
      abort.abort();
    }, timeout).unref();
  });
  const answered = async (): Promise<string | null> => {
    try {
      return (await check(abort.signal)) === false ? 'answered false' : null;
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  };
  const result = await Promise.race([answered(), late]);
  clearTimeout(timer);
  return result;
};
