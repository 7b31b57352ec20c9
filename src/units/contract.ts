import type { InstanceKey } from '../model/key.js';
import type { Identity } from '../model/process.js';
import type { Endpoint } from '../model/socket.js';
import type { StopPolicy, StopStep, UnitSpec } from '../model/unit.js';

/** Told while something is carried out; the CLI prints it, nobody else does. */
export type Progress = (text: string) => void;

export type StartOptions = {
  /** The caller's environment, recorded at the first start and with `updateEnv`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly updateEnv: boolean;
  readonly envName: string | null;
  /** Return once spawned and recorded; do not wait for ready. */
  readonly noWait: boolean;
  /** When it fires, what was started and is not ready is stopped again. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
};

/** `failed` says what was seen: the exit, the last lines of stderr, the holder of the port. */
export type StartOutcome =
  | {
      readonly kind: 'ready';
      readonly main: Identity;
      readonly port: number | null;
      readonly ms: number;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'spawned'; readonly main: Identity | null; readonly port: number | null }
  | {
      readonly kind: 'running';
      readonly main: Identity;
      readonly port: number | null;
      readonly olderSpec: boolean;
    }
  | { readonly kind: 'done'; readonly code: 0; readonly ms: number }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly hint: string;
      readonly stderr: readonly string[];
    }
  | { readonly kind: 'interrupted' };

export type ConfirmOptions = Pick<StartOptions, 'signal' | 'progress'>;

export type StopOptions = {
  /** `restart`: it stays wanted up, so that a restart that is cut short is told as a failure. */
  readonly reason: 'asked' | 'interrupted' | 'start-failed' | 'restart';
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Skip the polite rungs: SIGKILL now. */
  readonly force: boolean;
  /** Rungs before those of the record: what the server offers now, such as a shutdown whose token came with its start. */
  readonly first?: readonly StopStep[];
};

export type RemoveOptions = {
  readonly logs: boolean;
  /** Ends the wait for another command that changes something: it throws MPM_HOME_LOCKED. */
  readonly signal?: AbortSignal;
};

/** One rung that was tried. */
export type StopAttempt = { readonly what: string; readonly outcome: string; readonly ms: number };

export type StopOutcome = {
  readonly kind: 'stopped' | 'not-running' | 'survived' | 'refused';
  readonly attempts: readonly StopAttempt[];
  /** Processes of the tree that are still alive: `1234 node server.js`. */
  readonly survivors: readonly string[];
  /** Processes that only inherited the marker, or belong to another manager, and were left alone. */
  readonly spared: readonly string[];
  /** For `refused` and `survived`. */
  readonly message: string | null;
};

/**
 * What keeps units. A launcher inside the command now, the supervisor's client once there is one: callers see no difference.
 * Every method holds the home's lock only to read, decide, write and spawn, never while it waits.
 */
export type Units = {
  start(spec: UnitSpec, options: StartOptions): Promise<StartOutcome>;
  /** What a start would fail by before it spawns anything, asked while the server still runs; `null`: nothing. */
  check?(spec: UnitSpec, options: StartOptions): Promise<StartOutcome | null>;
  /**
   * Asks the ready probe of what runs and was never seen ready, a program among them, until it passes, the process has gone
   * or the signal fires; records that it passed.
   */
  confirmReady?(key: InstanceKey, options: ConfirmOptions): Promise<boolean>;
  /** Stops what is recorded under the key: the whole tree, judged by process and port. Its desired state becomes down. */
  stop(key: InstanceKey, options: StopOptions): Promise<StopOutcome>;
  /** Forgets a stopped unit: its record and, with `logs`, its log files. */
  remove(key: InstanceKey, options: RemoveOptions): Promise<boolean>;
};

/** A process that has no record here, to be stopped from outside. */
export type HaltTarget = {
  /** Read again before every signal; changed means gone. */
  readonly main: Identity;
  readonly endpoints: readonly Endpoint[];
  readonly stop: StopPolicy;
  /** For `{port}`, `{name}`, `{instance}` in the steps. */
  readonly fill: Readonly<Record<string, string>>;
};
