import type { ExitFact, UnitRecord } from './unit.js';
import type { Identity } from './process.js';
import type { Sighting } from './sighting.js';

/**
 * A recorded unit held against the process table: what is true of it now. Made by `viewUnit` (src/units/view.ts), pure.
 *
 * - `running`: its main process is alive and is the one recorded
 * - `starting`: spawned and not yet ready, and somebody still waits for it
 * - `failed`: wanted up, and its process has ended (or never came to be)
 * - `done`: a task, or a service that ended as its policy allows
 * - `stopped`: wanted down, or of another boot
 */
export type UnitView = {
  readonly record: UnitRecord;
  readonly state: 'running' | 'starting' | 'failed' | 'done' | 'stopped';
  /** Alive and proved by identity. */
  readonly main: Identity | null;
  readonly helper: Identity | null;
  readonly exit: ExitFact | null;
  /** In words, for `failed`, `done`, `stopped`. */
  readonly reason: string | null;
  /** The owner's sighting of it, told by the style in its record; `null` when nothing of it runs. */
  readonly sighting: Sighting | null;
};
