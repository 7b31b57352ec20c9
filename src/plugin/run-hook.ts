import { setMaxListeners } from 'node:events';
import { isMpmError, type MpmError, messageOf, mpmError } from '../model/errors/index.js';
import type { Instance } from '../model/server.js';
import { type Hook, hookPolicies } from './hook-policy.js';
import type { Lanes } from './lanes.js';

/** What came of a hook: its value, or the one error that stands for all its ways to fail. */
export type HookResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: MpmError };

export type HookCall<T> = {
  readonly style: string;
  readonly hook: Hook;
  readonly instance: Instance | null;
  /** The caller's wish to stop; the hook gets one that also fires at its deadline. */
  readonly signal: AbortSignal;
  readonly call: (signal: AbortSignal) => Promise<T>;
  /** Of the command: hooks that change an instance wait there for their turn. */
  readonly lanes?: Lanes;
};

/**
 * The one place that calls a plugin. It bounds, wraps and stamps: whatever a plugin throws, and a plugin that never
 * answers, is one error that names the style and the hook. What arrives after the deadline is dropped.
 */
export const runHook = <T>(request: HookCall<T>): Promise<HookResult<T>> => {
  const { hook, instance, lanes } = request;
  return lanes === undefined || instance === null || hookPolicies[hook].lane === 'parallel'
    ? runNow(request)
    : lanes.run(instance, () => runNow(request));
};

const runNow = async <T>({ style, hook, instance, signal, call }: HookCall<T>): Promise<HookResult<T>> => {
  const { deadline, lane } = hookPolicies[hook];
  const ms = deadline(instance);
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // a style asks about all of its servers at once
  let giveUp = (_why: Error): void => undefined;
  const givenUp = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  givenUp.catch(() => undefined); // the hook itself may throw before anybody waits for this
  const abort = (): void => {
    controller.abort(signal.reason);
    if (lane === 'parallel') giveUp(new Error('it was called off'));
  };
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  // A plain timer: AbortSignal.timeout is unref'd, and a command that waits only on it would end early, in silence.
  const timer = Number.isFinite(ms)
    ? setTimeout(() => giveUp(mpmError('HOOK_TIMEOUT', { style, hook, ms })), Math.min(ms, longestTimer))
    : undefined;
  try {
    return { ok: true, value: await Promise.race([call(controller.signal), givenUp]) };
  } catch (thrown) {
    return { ok: false, error: isMpmError(thrown) ? thrown : failed(style, hook, thrown) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    controller.abort();
  }
};

/** Node fires a timer at once that is longer than this. */
const longestTimer = 2 ** 31 - 1;

const failed = (style: string, hook: Hook, thrown: unknown): MpmError =>
  mpmError('HOOK_FAILED', { style, hook, cause: messageOf(thrown) }, thrown);
