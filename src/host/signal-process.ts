import { sameIdentity, type Identity } from '../model/process.js';
import type { SignalOutcome } from './host.js';

export type SignalRequest = {
  readonly identity: Identity;
  readonly signal: string;
  readonly ownPid: number;
  readonly identify: (pid: number) => Identity | null;
  readonly send?: (pid: number, signal: string) => void;
};

/**
 * The identity is read again right before the signal; between the two lie microseconds, not a wait.
 * PIDs 0, 1 and negative ones mean groups, everybody, or init, and our own is never meant: all are denied.
 * A name that is no signal is thrown, as Node throws it.
 */
export const signalProcess = (request: SignalRequest): SignalOutcome => {
  const { identity, signal, ownPid, identify, send = sendSignal } = request;
  const { pid } = identity;
  if (!Number.isInteger(pid) || pid <= 1 || pid === ownPid) return 'denied';
  const current = identify(pid);
  if (current === null || !sameIdentity(current, identity)) return 'gone';
  try {
    send(pid, signal);
    return 'sent';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return 'gone';
    if (code === 'EPERM') return 'denied';
    throw error;
  }
};

const sendSignal = (pid: number, signal: string): void => {
  process.kill(pid, signal);
};
