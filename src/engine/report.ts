import type { Finding } from '../model/finding.js';
import type { InstanceKey } from '../model/key.js';
import type { Claims, Evidence } from '../model/sighting.js';
import type { Endpoint } from '../model/socket.js';

export type State =
  'online' | 'starting' | 'stopping' | 'stopped' | 'backoff' | 'failed' | 'done' | 'unresponsive' | 'unknown';

/** One instance, as `status --json` shows it: the shape is part of the public interface (`schemaVersion` 1). */
export type InstanceReport = {
  readonly name: string;
  readonly namespace: string;
  readonly instance: number;
  /** Of the record; `null`: not recorded. */
  readonly id: number | null;
  readonly style: string;
  readonly state: State;
  readonly desired: 'up' | 'down' | null;
  readonly reason: string | null;
  readonly ready: boolean | null;
  readonly pid: number | null;
  /** Of the first endpoint. */
  readonly port: number | null;
  readonly endpoints: readonly Endpoint[];
  readonly host: string | null;
  readonly url: string | null;
  /** Of this process. */
  readonly uptimeMs: number | null;
  readonly restarts: number;
  /** Percent of one core; `null` without two samples. */
  readonly cpu: number | null;
  /** Bytes, RSS of the tree. */
  readonly memory: number | null;
  readonly owner: { readonly style: string; readonly manager: string; readonly pid: number | null } | null;
  readonly origin: 'ours' | 'adopted' | 'external' | null;
  readonly declaredIn: string | null;
  /** Recorded, and its file has dropped it. */
  readonly undeclared: boolean;
  readonly evidence: readonly Evidence[];
  readonly claims: Claims | null;
  /** The name is unique, and there is more than one instance. */
  readonly key: InstanceKey;
  readonly instances: number;
};

export type StatusReport = {
  readonly schemaVersion: 1;
  readonly servers: readonly InstanceReport[];
  /** Seen on declared ports (with `--discover`: anywhere), declared by nobody. */
  readonly undeclared: readonly InstanceReport[];
  readonly findings: readonly Finding[];
};

/** What was done about one instance. */
export type StepReport = {
  readonly action: 'start' | 'keep' | 'stop' | 'restart' | 'apply' | 'delete' | 'refuse' | 'skip';
  readonly server: string;
  readonly key: InstanceKey;
  readonly outcome: 'done' | 'unchanged' | 'failed' | 'refused' | 'skipped' | 'planned' | 'interrupted';
  readonly message: string;
  readonly hint: string | null;
  /** What a failure or refusal comes from: the machine, or what the user wrote. */
  readonly fault: 'operation' | 'usage' | null;
  readonly pid: number | null;
  readonly port: number | null;
  readonly ms: number;
  /** Rungs of a stop, warnings, last lines of stderr. */
  readonly details: readonly string[];
};
