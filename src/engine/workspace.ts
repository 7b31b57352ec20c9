import type { Ecosystem } from '../config/ecosystem.js';
import type { Host } from '../host/host.js';
import type { Look } from '../plugin/contract.js';
import type { Styles } from '../plugin/load.js';
import type { Units } from '../units/contract.js';
import { instancesOf, recordedInstances, type Selected } from './instances.js';
import { takeLook, type ReadUnits } from './look.js';
import { observe } from './observe.js';
import type { Say } from './say.js';
import type { Snapshot } from './snapshot.js';

/** What a command works with: the machine, the home, the file that was found, and the styles it needs. */
export type Workspace = {
  readonly host: Host;
  readonly home: string;
  readonly ecosystem: Ecosystem;
  readonly styles: Styles;
  readonly units: Units;
  readonly readUnits: ReadUnits;
  readonly say: Say;
  /** The caller's, for what it starts. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

export const lookAt = ({ host, home, readUnits, signal }: Workspace): Look =>
  takeLook(host, home, readUnits, signal);

/** What the found file declares, with what was recorded from it; without a file, or everywhere, all that the home has recorded. */
export const allInstances = (
  { ecosystem }: Workspace,
  look: Look,
  everywhere: boolean,
): readonly Selected[] => {
  const { file, servers } = ecosystem;
  if (file === null) return recordedInstances(look.units.values());
  const here = instancesOf(servers, file, look.units);
  return everywhere ? [...here, ...elsewhere(look, file)] : here;
};

/** What the home has recorded from other files. */
export const elsewhere = (look: Look, file: string | null): readonly Selected[] =>
  recordedInstances([...look.units.values()].filter(({ record }) => record.spec.declaredIn !== file));

export type SnapshotOptions = { readonly discover?: boolean; readonly recognise?: boolean };

export const takeSnapshot = (
  workspace: Workspace,
  look: Look,
  selected: readonly Selected[],
  { discover = false, recognise = true }: SnapshotOptions = {},
): Promise<Snapshot> => {
  const { host, styles, signal } = workspace;
  return observe(selected, { host, styles, look, signal, discover, recognise });
};
