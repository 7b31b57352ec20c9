import type { InstanceKey } from './key.js';
import type { Identity } from './process.js';
import type { Endpoint } from './socket.js';

/** Why somebody believes something, as a sentence that a person can check by hand. */
export type Evidence = {
  /** Where it was read: `record`, `health`, `pid-file`, `socket`, `process`, `environment`, or the style's own word. */
  readonly source: string;
  readonly text: string;
};

/** The manager instance behind an owner: not a style, but *this* supervisor or *that* pm2. */
export type Manager = {
  readonly style: string;
  /** `mpm-io at /home/a/.mpm-io`, `systemd --user of a`. Equal names are one manager. */
  readonly name: string;
  readonly pid: number | null;
};

export type Phase = 'starting' | 'running' | 'stopping' | 'failed' | 'done' | 'stopped';

/** What a style says about itself of one running or recorded server. */
export type Sighting = {
  /** Stamped by the engine; a plugin need not set it. */
  readonly style?: string;
  /** An owner started the process or would restart it; a witness only sees it. */
  readonly role: 'owner' | 'witness';
  readonly manager: Manager | null;
  readonly phase: Phase;
  /** `null`: nobody asked, or it has no way to tell. */
  readonly ready: boolean | null;
  /** It accepts connections and does not answer in time. */
  readonly unresponsive?: boolean;
  /** The main process, where it is known and proved alive. */
  readonly main: Identity | null;
  readonly endpoints: readonly Endpoint[];
  /** Proves that this is the declared server: signature and id, its PID file, or our record. */
  readonly proven: boolean;
  /** What it says of itself. */
  readonly claims?: Claims;
  readonly pidFile?: PidFileFact;
  /** Why it failed, is stopped, or is not ready. */
  readonly reason?: string;
  /** At least one. */
  readonly evidence: readonly Evidence[];
};

/** A server's own words: hints, never an authority to signal. */
export type Claims = {
  readonly pid?: number;
  readonly id?: string;
  readonly version?: string;
  readonly uptimeMs?: number;
  readonly clients?: number;
  readonly status?: string;
  /** Which form of health answer it speaks. */
  readonly dialect?: string;
  /** The PID it claims is not a possible one (text, negative, 0, 1, ours). */
  readonly badPid?: string;
};

export type PidFileVerdict =
  | 'live'
  | 'missing'
  | 'stale'
  | 'empty'
  | 'garbage'
  | 'foreign'
  | 'reused'
  | 'zombie'
  | 'symlink'
  | 'other-owner'
  | 'writable-by-others'
  | 'not-a-file'
  | 'unreadable';

export type PidFileFact = {
  readonly path: string;
  readonly verdict: PidFileVerdict;
  /** The number in it, where it holds one. */
  readonly pid: number | null;
  readonly text: string;
};

/** What a style answers about one instance. Never a bare boolean. */
export type Detection =
  | { readonly seen: 'running'; readonly sightings: readonly [Sighting, ...Sighting[]] }
  | {
      readonly seen: 'absent';
      readonly evidence: readonly Evidence[];
      readonly pidFiles?: readonly PidFileFact[];
    }
  | { readonly seen: 'unavailable'; readonly reason: string };

/** Answers by instance key. */
export type Detections = ReadonlyMap<InstanceKey, Detection>;

/** A server that nobody declared, found by a style. */
export type Discovery = {
  /** What to call it: its own id, its program, its port. */
  readonly name: string;
  readonly sighting: Sighting;
};
