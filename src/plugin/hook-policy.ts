import type { Instance } from '../model/server.js';
import type { ManagementStyle } from './contract.js';

/** The hooks that run foreign code at their own pace. `unit` is pure and called directly. */
export type Hook = Exclude<keyof ManagementStyle, 'unit'>;

export type HookPolicy = {
  /**
   * `parallel`: all at once, and given up at once when the caller no longer wants the answer.
   * `per-instance`: one at a time for one instance, side by side for different ones; called off, it may still clean up.
   */
  readonly lane: 'parallel' | 'per-instance';
  /** How long it may take, ms; of a server where it works on one. */
  readonly deadline: (instance: Instance | null) => number;
};

/** Beyond what a server itself may take: spawning, locks, a slow machine. */
const slack = 15_000;

const lookDeadline = 2_500;

/** Every hook has a row: a new one cannot be forgotten. */
export const hookPolicies: Readonly<Record<Hook, HookPolicy>> = {
  detect: { lane: 'parallel', deadline: () => lookDeadline },
  recognize: { lane: 'parallel', deadline: () => lookDeadline },
  discover: { lane: 'parallel', deadline: () => 2 * lookDeadline },
  info: { lane: 'parallel', deadline: () => 2 * lookDeadline },
  start: {
    lane: 'per-instance',
    deadline: (instance) => startTime(instance) + stopTime(instance) + slack,
  },
  stop: { lane: 'per-instance', deadline: (instance) => stopTime(instance) + slack },
};

const startTime = (instance: Instance | null): number => {
  if (instance === null) return 0;
  const { ready, waitFor, type } = instance.server;
  return type === 'task' ? Number.POSITIVE_INFINITY : ready.timeout * (1 + waitFor.length);
};

/** Every rung may use its whole wait; the last, SIGKILL, gets five seconds. */
const stopTime = (instance: Instance | null): number =>
  (instance?.server.stop.steps ?? []).reduce((sum, step) => sum + step.wait, 5_000);
