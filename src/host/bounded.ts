import { Script } from 'node:vm';

export const timedOut = Symbol('timed out');

const slot = Symbol.for('mpm-io.bounded');
const caller = new Script(`globalThis[Symbol.for('mpm-io.bounded')]()`);

/** Runs a function to its end, or interrupts it after `ms`, also out of an endless loop. */
export const runBounded = <T>(work: () => T, ms: number): T | typeof timedOut => {
  const global = globalThis as { [slot]?: () => unknown };
  global[slot] = work;
  try {
    return caller.runInThisContext({ timeout: ms }) as T;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return timedOut;
    throw error;
  } finally {
    delete global[slot];
  }
};

/** Waits for a promise at most `ms`. */
export const waitBounded = async <T>(work: Promise<T>, ms: number): Promise<T | typeof timedOut> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof timedOut>((resolve) => {
    timer = setTimeout(() => resolve(timedOut), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
