import type { Host } from '../host/host.js';
import type { Look } from '../plugin/contract.js';
import type { Styles } from '../plugin/load.js';

export type ObserveOptions = {
  readonly host: Host;
  readonly styles: Styles;
  readonly look: Look;
  readonly signal: AbortSignal;
  /** Ask the styles also for servers that nobody declared. */
  readonly discover: boolean;
  /** Ask who the holders of declared ports are, where they are strangers. */
  readonly recognise: boolean;
};
