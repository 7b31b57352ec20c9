import type { Clock } from './host.js';

/** The system's clock. A sleep holds the event loop: `AbortSignal.timeout` would not, and a command would end early. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(ms, longestTimer));
      signal?.addEventListener('abort', finish, { once: true });
    }),
};

/** Past this, Node's timers fire at once. */
const longestTimer = 2 ** 31 - 1;
