import type { HaltTarget, StopOptions, StopOutcome } from '../units/contract.js';

/** Stops a process that has no record; handed in, so that the engine can be tested without one. */
export type Halt = (target: HaltTarget, options: StopOptions) => Promise<StopOutcome>;
