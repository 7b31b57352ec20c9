import { monitorEventLoopDelay } from 'node:perf_hooks';

export type LoopDelay = { readonly mean_ms: number; readonly p99_ms: number; readonly max_ms: number };

const resolution = 20;

/** How late the event loop ran, over the last one to two windows. Keeps no process alive. */
export const watchLoop = (window: number): { delay(): LoopDelay; stall(): number; release(): void } => {
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  let last: LoopDelay = { mean_ms: 0, p99_ms: 0, max_ms: 0 };

  const now = (): LoopDelay =>
    histogram.count === 0
      ? { mean_ms: 0, p99_ms: 0, max_ms: 0 }
      : {
          mean_ms: late(histogram.mean),
          p99_ms: late(histogram.percentile(99)),
          max_ms: late(histogram.max),
        };
  let warm = false;
  const roll = (): void => {
    last = warm ? now() : last;
    warm = true;
    histogram.reset();
  };
  const timer = setInterval(roll, window).unref();

  const delay = (): LoopDelay => {
    const current = now();
    return { ...current, max_ms: Math.max(current.max_ms, last.max_ms) };
  };

  return {
    delay,
    /** The longest pause, ms. What a start blocks, in the first window, is no stall. */
    stall: () => (warm ? delay().max_ms : 0),
    release: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
};

/** Nanoseconds between two ticks to milliseconds beyond the expected ones. */
const late = (nanoseconds: number): number => Math.max(0, Math.round(nanoseconds / 1e5) / 10 - resolution);
