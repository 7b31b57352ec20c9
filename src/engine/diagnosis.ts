import type { Finding } from '../model/finding.js';
import type { InstanceKey } from '../model/key.js';
import type { Evidence } from '../model/sighting.js';

/** A process that has a listening socket open. */
export type PortHolder = {
  readonly pid: number;
  /** Its arguments as one line, or its short name where they are not visible. */
  readonly command: string;
  /** `null`: not visible. */
  readonly user: string | null;
  /** Epoch, ms; `null`: not visible. */
  readonly since: number | null;
  /** Who started it or would restart it, nearest first; `null`: nobody that is known. */
  readonly manager: string | null;
};

/** One listening socket. IPv4 and IPv6 are told apart: two programs may hold one number. */
export type PortListener = {
  readonly family: 4 | 6;
  readonly address: string;
  /** Empty: held by a process that this user cannot see. */
  readonly holders: readonly PortHolder[];
  /** What a person should know about it: `reachable from other machines`, `not visible: another user's, or a container's`. */
  readonly note: string | null;
};

export type PortDiagnosis = {
  readonly port: number;
  readonly listeners: readonly PortListener[];
  /** The kernel lets us bind it. */
  readonly free: boolean;
};

/** A style that says: this is one of mine. */
export type Claim = {
  readonly style: string;
  readonly role: 'owner' | 'witness';
  /** What the style calls it: a declared server, or what it found in it. */
  readonly name: string;
  readonly key: InstanceKey | null;
  /** The manager instance behind the claim. */
  readonly manager: string | null;
  readonly pid: number | null;
  readonly proven: boolean;
  readonly evidence: readonly Evidence[];
};

/** A step from the process that listens up to the first one of the system. */
export type ChainLink = {
  readonly pid: number;
  readonly command: string;
  readonly user: string | null;
  /** What it is to us: `listens`, `main process of web`, `helper of mpm-io`, `systemd`. */
  readonly what: string | null;
};

/** What was looked at. All null: everything that is known. */
export type DiagnosisSubject = {
  readonly server: string | null;
  readonly port: number | null;
  readonly pid: number | null;
};

/** `diagnose --json` is this, as it stands. */
export type DiagnosisReport = {
  readonly schemaVersion: 1;
  readonly subject: DiagnosisSubject;
  readonly ports: readonly PortDiagnosis[];
  readonly claims: readonly Claim[];
  /** One a listening process, from it to its parents. */
  readonly chains: readonly (readonly ChainLink[])[];
  readonly findings: readonly Finding[];
  /** What could not be looked at, in words: a clean bill would be a guess. */
  readonly blind: readonly string[];
};
