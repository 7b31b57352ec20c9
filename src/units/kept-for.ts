import type { Clock } from '../host/host.js';

/** What is costly to take, taken again when it is older than `ms`. */
export const keptFor = <T>(ms: number, clock: Clock, take: () => T): (() => T) => {
  let taken: { readonly value: T; readonly at: number } | undefined;
  return () => {
    const now = clock.monotonic();
    if (taken === undefined || now - taken.at > ms) taken = { value: take(), at: now };
    return taken.value;
  };
};
