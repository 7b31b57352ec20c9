import type { Clock } from '../../host/host.js';

type Sleeper = { readonly due: number; readonly wake: () => void };

export type FakeClock = Clock & {
  /** Moves the clock, waking who is due on the way, in order; what they do is let finish in between. */
  readonly advance: (ms: number) => Promise<void>;
  /** Runs at a moment of this clock, without holding it up. */
  readonly at: (due: number, run: () => void) => void;
};

/** A clock that only moves when told, or, with `auto`, to the next sleeper as soon as everybody sleeps. */
export const createFakeClock = (begin: number, auto: boolean): FakeClock => {
  let time = begin;
  let sleepers: readonly Sleeper[] = [];
  let events: readonly Sleeper[] = [];
  let scheduled = false;

  const runEvents = (until: number): void => {
    for (let next = earliest(events, until); next !== undefined; next = earliest(events, until)) {
      events = events.filter((event) => event !== next);
      time = Math.max(time, next.due);
      next.wake();
    }
  };
  const moveTo = (due: number): void => {
    runEvents(due);
    time = Math.max(time, due);
  };
  const wakeNext = (until: number): boolean => {
    const next = earliest(sleepers, until);
    if (next === undefined) return false;
    sleepers = sleepers.filter((sleeper) => sleeper !== next);
    moveTo(next.due);
    next.wake();
    return true;
  };
  const schedule = (): void => {
    if (!auto || scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      if (wakeNext(Infinity) && sleepers.length > 0) schedule();
    });
  };

  return {
    now: () => time,
    monotonic: () => time - begin,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        const wake = (): void => {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        };
        const sleeper = { due: time + Math.max(ms, 0), wake };
        const giveUp = (): void => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          resolve();
        };
        signal?.addEventListener('abort', giveUp, { once: true });
        sleepers = [...sleepers, sleeper];
        schedule();
      }),
    at: (due, run) => {
      events = [...events, { due, wake: run }];
    },
    advance: async (ms) => {
      const until = time + ms;
      await settle();
      while (wakeNext(until)) await settle();
      moveTo(until);
      await settle();
    },
  };
};

const earliest = (list: readonly Sleeper[], until: number): Sleeper | undefined =>
  list.filter(({ due }) => due <= until).toSorted((a, b) => a.due - b.due)[0];

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
