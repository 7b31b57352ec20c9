import type { InstanceKey } from './key.js';
import type { Evidence } from './sighting.js';

export type Severity = 'error' | 'warning' | 'info';

/** What to do about a finding. */
export type Remedy = {
  readonly text: string;
  /** As it is typed into a shell; it works as printed. `null`: there is no command for it. */
  readonly shell: string | null;
  /** `diagnose --fix` may carry it out: it ends nobody's server and loses nothing. */
  readonly fix: Fix | null;
};

export type Fix =
  /** Removed only when a fresh look gives the same verdict. */
  | { readonly kind: 'remove-pid-file'; readonly key: InstanceKey; readonly path: string }
  | { readonly kind: 'start'; readonly key: InstanceKey };

/** Something that is not as it should be, with what shows it and what helps. */
export type Finding = {
  readonly rule: string;
  readonly severity: Severity;
  readonly servers: readonly InstanceKey[];
  readonly message: string;
  readonly evidence: readonly Evidence[];
  readonly remedies: readonly Remedy[];
};
