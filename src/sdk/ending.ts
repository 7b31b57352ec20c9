import { constants } from 'node:os';
import type { ShutdownCause } from './contract.js';

/** One managed server, as the end of its process sees it. */
export type Ender = {
  readonly signals: readonly NodeJS.Signals[];
  readonly exit: boolean;
  /** Runs once; true when nothing failed. */
  end(cause: ShutdownCause): Promise<boolean>;
  /** Cuts every connection now. */
  force(): void;
};

/** A process has one end, however many servers it holds: a signal ends all of them, then the process. */
const enders = new Set<Ender>();
const listening = new Map<NodeJS.Signals, (signal: NodeJS.Signals) => void>();
let ending: { readonly since: number; readonly done: Promise<void> } | null = null;

/** A terminal and npm both pass one Ctrl-C on: what comes this soon is the same wish, not a second one. */
const sameWish = 300;
/** For the application's own last work, once every server is closed. */
const lastWork = 250;

/** Puts a server under the signals of this process; the answer takes it out again. */
export const joinEnding = (ender: Ender): (() => void) => {
  enders.add(ender);
  for (const signal of ender.signals) {
    if (listening.has(signal)) continue;
    listening.set(signal, onSignal);
    process.on(signal, onSignal);
  }
  return () => {
    enders.delete(ender);
    if (enders.size > 0 || ending !== null) return;
    stopListening();
  };
};

/** Ends every managed server of this process, once, and then the process. */
export const endProcess = (cause: ShutdownCause): Promise<void> => {
  ending ??= { since: performance.now(), done: endAll(cause) };
  return ending.done;
};

const onSignal = (signal: NodeJS.Signals): void => {
  if (ending === null) {
    void endProcess({ kind: 'signal', signal });
    return;
  }
  if (performance.now() - ending.since < sameWish) return;
  for (const ender of enders) ender.force();
  if ([...enders].some((ender) => ender.exit)) exitNow(128 + constants.signals[signal]);
};

const endAll = async (cause: ShutdownCause): Promise<void> => {
  const all = [...enders];
  const clean = await Promise.all(all.map((ender) => ender.end(cause)));
  const exit = all.some((ender) => ender.exit);
  ending = exit ? ending : null;
  if (!exit) {
    if (enders.size === 0) stopListening();
    return;
  }
  if (clean.includes(false)) process.exitCode = 1;
  else process.exitCode ??= 0;
  // Unreferenced: a loop that empties by itself ends earlier; one that something holds open ends here.
  setTimeout(() => exitNow(process.exitCode), lastWork).unref();
};

const stopListening = (): void => {
  for (const [signal, listener] of listening) process.off(signal, listener);
  listening.clear();
};

/** The one place of this package that ends a process: its own, asked to by its owner, after everything is closed. */
const exitNow = (code: typeof process.exitCode): void => {
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(code);
};
