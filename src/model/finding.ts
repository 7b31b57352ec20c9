import type { InstanceKey } from './key.js';
import type { Evidence } from './sighting.js';

export type Severity = 'error' | 'warning' | 'info';

/** What to do about a finding. The command works as printed. */
export type Remedy = {
  readonly text: string;
  /** The words of a command line of mpm-io after its name; `null` when it is for another tool or for a person. */
  readonly command: readonly string[] | null;
  /** As it is typed into a shell. */
  readonly shell: string;
  /** `diagnose --fix` may carry it out: it ends nobody's server and loses nothing. */
  readonly safe: boolean;
};

/** Something that is not as it should be, with what shows it and what helps. */
export type Finding = {
  readonly rule: string;
  readonly severity: Severity;
  readonly servers: readonly InstanceKey[];
  readonly message: string;
  readonly evidence: readonly Evidence[];
  readonly remedies: readonly Remedy[];
};
