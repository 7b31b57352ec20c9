import type { Ecosystem } from '../config/ecosystem.js';
import type { Host } from '../host/host.js';
import type { Server } from '../model/server.js';
import type { Look } from '../plugin/contract.js';
import type { Styles } from '../plugin/load.js';
import type { Units } from '../units/contract.js';
import { instancesOf, recordedInstances, type Selected } from './instances.js';
import { takeLook, type ReadUnits } from './look.js';
import { mayBeOne } from './may-be-one.js';
import { observe } from './observe.js';
import { sameInstance } from './own-unit.js';
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

/**
 * Looks at what was selected. What else is declared for the same port or PID file is looked at too, or a process would
 * be taken for the one that was asked about while it is the other.
 */
export const takeSnapshot = async (
  workspace: Workspace,
  look: Look,
  selected: readonly Selected[],
  { discover = false, recognise = true }: SnapshotOptions = {},
): Promise<Snapshot> => {
  const { host, styles, signal } = workspace;
  const rivals = rivalsOf(selected, workspace, look);
  const options = { host, styles, look, signal, discover, recognise };
  if (rivals.length === 0) return observe(selected, options);
  const snapshot = await observe([...selected, ...rivals], options);
  const keys = new Set(selected.map(({ instance }) => instance.key));
  return {
    ...snapshot,
    observations: snapshot.observations.slice(0, selected.length),
    blind: snapshot.blind.filter(
      (blind) => blind.keys.length === 0 || blind.keys.some((key) => keys.has(key)),
    ),
  };
};

const rivalsOf = (selected: readonly Selected[], workspace: Workspace, look: Look): readonly Selected[] => [
  ...siblingsOf(selected, workspace, look),
  ...otherServers(selected, workspace, look),
];

/** Of a server whose instances share a range: which of them a process is depends on the others. */
const siblingsOf = (selected: readonly Selected[], workspace: Workspace, look: Look): readonly Selected[] => {
  const shared = selected.filter(
    ({ instance: { server } }) => server.port?.kind === 'range' && server.instances > 1,
  );
  if (shared.length === 0) return [];
  return allInstances(workspace, look, true).filter(
    ({ instance }) =>
      shared.some(({ instance: { server } }) => sameServer(server, instance.server)) &&
      !selected.some((one) => sameInstance(one.instance, instance)),
  );
};

const sameServer = (a: Server, b: Server): boolean => a.key === b.key && a.declaredIn === b.declaredIn;

const otherServers = (
  selected: readonly Selected[],
  workspace: Workspace,
  look: Look,
): readonly Selected[] => {
  const { servers } = workspace.ecosystem;
  const meant = new Set(selected.map(({ instance }) => instance.server.key));
  const others = servers.filter(
    (server) =>
      !meant.has(server.key) &&
      workspace.styles.has(server.style) &&
      selected.some(({ instance }) => mayBeOne(instance.server, server)),
  );
  if (others.length === 0) return [];
  const keys = new Set(others.map(({ key }) => key));
  return allInstances(workspace, look, false).filter(({ instance }) => keys.has(instance.server.key));
};
