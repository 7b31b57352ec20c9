import { isMpmError, type MpmError, messageOf, mpmError } from '../model/errors/index.js';
import type { Instance } from '../model/server.js';
import { type Hook, hookPolicies } from './hook-policy.js';

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
  /** A shorter deadline than the policy's, ms. */
  readonly within?: number;
};

/**
 * The one place that calls a plugin. It bounds, wraps and stamps: whatever a plugin throws, and a plugin that never
 * answers, is one error that names the style and the hook. What arrives after the deadline is dropped.
 */
export const runHook = async <T>(request: HookCall<T>): Promise<HookResult<T>> => {
  const { style, hook, instance, signal, call } = request;
  const ms = Math.min(request.within ?? Number.POSITIVE_INFINITY, hookPolicies[hook].deadline(instance));
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      // A plain timer: AbortSignal.timeout is unref'd, and a command that waits only on it would end early, in silence.
      if (Number.isFinite(ms))
        timer = setTimeout(() => reject(mpmError('HOOK_TIMEOUT', { style, hook, ms })), ms);
    });
    return { ok: true, value: await Promise.race([call(controller.signal), late]) };
  } catch (thrown) {
    return { ok: false, error: isMpmError(thrown) ? thrown : failed(style, hook, thrown) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    controller.abort();
  }
};

const failed = (style: string, hook: Hook, thrown: unknown): MpmError =>
  mpmError('HOOK_FAILED', { style, hook, cause: messageOf(thrown) }, thrown);

/** Runs changing hooks of one server one after another, those of different servers side by side. */
export class Lanes {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<T>(server: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(server) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#last.set(server, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(server) === turn) this.#last.delete(server);
    }
  }
}
