import { mpmError } from '../model/errors/index.js';
import { listenersOf } from '../model/held-ports.js';
import { isStopped } from '../model/process.js';
import type { Look } from '../plugin/contract.js';
import { commandLine } from './command-line.js';
import { observeForeign, observeStranger } from './foreign-instance.js';
import type { Selected } from './instances.js';
import { excluded, type Known, narrow } from './narrow.js';
import { unitOfProcess } from './merge.js';
import { ownUnit, sameInstance } from './own-unit.js';
import { recogniseProcess } from './recognise.js';
import { silenceOf } from './silence.js';
import type { Observation, Snapshot } from './snapshot.js';
import { selectTargets, type TargetQuery } from './targets.js';
import { allInstances, elsewhere, takeSnapshot, type Workspace } from './workspace.js';

export type PickRequest = TargetQuery & {
  readonly port: number | null;
  readonly pid: number | null;
  readonly everywhere: boolean;
};

/** What a command acts on. */
export type Picked = {
  readonly observations: readonly Observation[];
  /** By port or PID: the person pointed at the process itself. */
  readonly pointed: boolean;
  readonly snapshot: Snapshot;
};

/** The instances that were named, without looking at them yet. */
export const pickByName = (workspace: Workspace, look: Look, request: PickRequest): readonly Selected[] => {
  const { here, others } = knownTo(workspace, look, request);
  return selectTargets(request, here, others);
};

export const knownTo = (workspace: Workspace, look: Look, { everywhere }: PickRequest): Known => {
  const { file } = workspace.ecosystem;
  return {
    here: allInstances(workspace, look, everywhere),
    others: file === null || everywhere ? [] : elsewhere(look, file),
  };
};

/**
 * The declared or recorded instances behind a port or PID, for who asks nothing of what runs: whose unit holds it, else
 * who has that port, here before elsewhere. Names and filters narrow that.
 */
export const pickRecorded = (workspace: Workspace, look: Look, request: PickRequest): readonly Selected[] => {
  const { port, pid } = request;
  if (port === null && pid === null) return pickByName(workspace, look, request);
  const known = knownTo(workspace, look, request);
  const all = [...known.here, ...known.others];
  const unitsOf = (pids: readonly number[]): readonly Selected[] => {
    const keys = new Set(pids.map((one) => unitOfProcess(one, look)));
    return all.filter(({ instance }) => keys.has(instance.key) && ownUnit(instance, look) !== null);
  };
  const declared = [known.here, known.others]
    .map((set) => set.filter(({ instance }) => port !== null && instance.port === port))
    .find((set) => set.length > 0);
  const held = unitsOf(visibleHolders(port, look));
  const onPort = held.length > 0 ? held : (declared ?? []);
  if (pid === null) return narrow(onPort, request, known);
  const found = unitsOf([pid]);
  const both = port === null ? found : found.filter((one) => onPort.includes(one));
  if (both.length === 0 && found.length > 0) throw excluded(request, found, `--port ${port ?? ''}`);
  return narrow(both, request, known);
};

const visibleHolders = (port: number | null, look: Look): readonly number[] =>
  port === null ? [] : look.listeners.holders(port).flatMap(({ pids }) => pids);

/**
 * What is named by words, port or PID, as it stands now. A port or a PID leads to the declared server behind it, else to
 * what a style recognises in it, else to the bare process. Names and filters beside them narrow what they lead to.
 * @throws {MpmError} TARGET_UNKNOWN, TARGET_EXCLUDED, PORT_OWNER_HIDDEN, PORT_AMBIGUOUS, PROCESS_GONE
 */
export const pick = async (workspace: Workspace, look: Look, request: PickRequest): Promise<Picked> => {
  if (request.port === null && request.pid === null) {
    const snapshot = await takeSnapshot(workspace, look, pickByName(workspace, look, request));
    return { observations: snapshot.observations, pointed: false, snapshot };
  }
  const all = allInstances(workspace, look, true);
  const snapshot = await takeSnapshot(workspace, look, all, { recognise: false });
  const pids = request.pid === null ? holdersOf(request.port ?? 0, look) : [existing(request.pid, look)];
  const known = knownTo(workspace, look, request);
  const reached = unique(await Promise.all(pids.map((pid) => observePid(pid, snapshot, workspace, look))));
  const both = reached.filter((one) => onPort(one, request, look));
  if (both.length === 0 && reached.length > 0)
    throw excluded(request, reached, `--port ${request.port ?? ''}`);
  const found = narrow(both, request, known);
  if (found.length > 1 && request.port !== null) throw ambiguous(request.port, found, workspace);
  if (found.length > 0) return { observations: found, pointed: true, snapshot };
  const declared = snapshot.observations.filter(
    ({ instance }) => request.port !== null && instance.port === request.port,
  );
  const left = narrow(declared, request, known);
  // Nobody runs there: what this file declares is meant before what others have recorded.
  const here = left.filter(({ instance }) => instance.server.declaredIn === workspace.ecosystem.file);
  const meant = here.length > 0 && !request.everywhere ? here : left;
  return { observations: meant, pointed: false, snapshot };
};

/** With a PID beside it, a port says no more than that the server has it. */
const onPort = ({ instance, seen }: Observation, { port, pid }: PickRequest, look: Look): boolean =>
  port === null ||
  pid === null ||
  instance.port === port ||
  visibleHolders(port, look).some((holder) => seen.some(({ pids }) => pids.has(holder)));

const existing = (pid: number, look: Look): number => {
  if (!look.processes.rows.has(pid)) throw mpmError('PROCESS_GONE', { pid });
  return pid;
};

const holdersOf = (port: number, look: Look): readonly number[] => {
  const holders = look.listeners.holders(port);
  const hidden = holders.find(({ pids }) => pids.length === 0);
  if (hidden !== undefined)
    throw mpmError('PORT_OWNER_HIDDEN', { port, address: hidden.address, uid: hidden.uid });
  return holders.flatMap(({ pids }) => pids);
};

const observePid = async (
  pid: number,
  snapshot: Snapshot,
  workspace: Workspace,
  look: Look,
): Promise<Observation> => {
  const known = snapshot.observations.find(({ seen }) => seen.some(({ pids }) => pids.has(pid)));
  if (known !== undefined) return { ...known, seen: known.seen.filter(({ pids }) => pids.has(pid)) };
  const [foreign] = await recogniseProcess(pid, { styles: workspace.styles, look, signal: workspace.signal });
  const unit = snapshot.observations.find(
    ({ instance, view }) => view !== null && instance.key === foreign?.unit,
  );
  if (unit !== undefined) return unit;
  if (foreign !== undefined) return observeForeign(foreign);
  const row = look.processes.rows.get(pid);
  if (row === undefined) throw mpmError('PROCESS_GONE', { pid });
  const endpoints = endpointsOf(pid, look);
  return observeStranger(
    { pid, start: row.start, boot: look.processes.boot },
    commandLine(row, workspace.host),
    endpoints,
    isStopped(row)
      ? `PID ${pid} is stopped by a signal or a debugger (state ${row.state}); it goes on with: kill -CONT ${pid}`
      : await silenceOf(endpoints, workspace),
  );
};

/** Workers that share one socket are one server. */
const unique = (observations: readonly Observation[]): readonly Observation[] =>
  observations.filter(
    (observation, index) =>
      observations.findIndex(
        (other) =>
          mainOf(other) === mainOf(observation) && sameInstance(other.instance, observation.instance),
      ) === index,
  );

const mainOf = ({ seen }: Observation): number | null => seen[0]?.main?.pid ?? null;

const endpointsOf = (pid: number, { listeners }: Look): Observation['instance']['endpoints'] =>
  listenersOf(listeners, pid).map(({ port, address }) => ({ kind: 'tcp' as const, port, host: address }));

const ambiguous = (port: number, found: readonly Observation[], { say }: Workspace): Error =>
  mpmError('PORT_AMBIGUOUS', {
    port,
    who: found.map(
      (observation) => `${observation.instance.server.name} (PID ${mainOf(observation) ?? '?'})`,
    ),
    commands: found.map((observation) => say('stop', '--pid', String(mainOf(observation) ?? ''))),
  });
