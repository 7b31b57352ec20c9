import type { MpmError } from '../model/errors/index.js';
import type { InstanceKey } from '../model/key.js';
import type { Identity, ProcessRow } from '../model/process.js';
import type { Instance } from '../model/server.js';
import type { Detection, Manager, Sighting } from '../model/sighting.js';
import type { Holder } from '../model/socket.js';
import type { UnitView } from '../model/unit-view.js';
import type { Look } from '../plugin/contract.js';

export type StyledSighting = Sighting & {
  readonly style: string;
  /** Its ready probe is a program, and nobody has asked it since the start. */
  readonly unasked?: true;
};

/** One running server: every sighting that is of it, whichever style gave it. */
export type Seen = {
  readonly sightings: readonly [StyledSighting, ...StyledSighting[]];
  /** The main process: the owner's word first, else the topmost that was seen. */
  readonly main: Identity | null;
  /** Its whole tree, as far as it is visible. */
  readonly pids: ReadonlySet<number>;
  /** Managers that started it or would restart it, each once. */
  readonly owners: readonly Manager[];
};

/** A listening socket on a declared port, and what is known of who holds it. */
export type HolderFact = Holder & {
  /** The first visible process that has it open. */
  readonly process: ProcessRow | null;
  /** Its command line, cut; `null` where it is not visible. */
  readonly command: string | null;
  /** It is the server itself. */
  readonly explained: boolean;
  /** What the styles recognise in it, where it is not. */
  readonly recognised: readonly ForeignServer[];
};

export type PortFact = { readonly port: number; readonly holders: readonly HolderFact[] };

/** What one look tells of one instance. */
export type Observation = {
  readonly instance: Instance;
  /** Recorded, and its file has dropped it. */
  readonly undeclared: boolean;
  readonly detection: Detection | { readonly seen: 'failed'; readonly error: MpmError };
  readonly view: UnitView | null;
  readonly seen: readonly Seen[];
  readonly ports: readonly PortFact[];
  /** Processes that seemed to be it, and are another declared server. */
  readonly yielded: readonly Yielded[];
};

/** A process that an instance claimed and did not get. */
export type Yielded = {
  readonly pid: number;
  /** Who has it. */
  readonly to: InstanceKey;
  readonly name: string;
  readonly style: string | null;
  readonly declaredIn: string | null;
  /** What the lost claim rested on. */
  readonly proof: 'record' | 'pid-file' | 'health' | 'command' | 'none';
  readonly text: string;
};

/** Recorded from the file, and no longer in it; a process that somebody merely pointed at has no record. */
export const isDropped = ({ instance, undeclared }: Observation): boolean =>
  undeclared && instance.record !== null;

/** A running server that nobody declared, as a style recognised it. */
export type ForeignServer = {
  readonly style: string;
  readonly name: string;
  readonly seen: Seen;
  readonly unit: InstanceKey | null;
};

/** A style that could not look: without it a clean bill would be a guess. */
export type Blind = {
  readonly style: string;
  readonly reason: string;
  readonly keys: readonly InstanceKey[];
};

/** Everything one command knows. Rules, plans and reports are pure functions of it. */
export type Snapshot = {
  readonly look: Look;
  readonly observations: readonly Observation[];
  readonly foreign: readonly ForeignServer[];
  readonly blind: readonly Blind[];
};
