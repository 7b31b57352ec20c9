import { constants } from 'node:os';
import type { ExitFact } from '../model/unit.js';

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** A shell cannot tell a death by signal from an exit by that number, so neither do we. */
export const exitWords = (code: number): string => {
  if (code < 129 || code > 159) return `exited with code ${code}`;
  const number = code - 128;
  const name = signalNames.get(number);
  return `ended by signal ${number}${name === undefined ? '' : ` (${name})`}, or exited with code ${code}`;
};

export const exitFactWords = (exit: ExitFact): string =>
  exit.code === null ? 'ended; its exit was not observed' : exitWords(exit.code);
