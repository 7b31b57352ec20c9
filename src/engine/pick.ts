import { mpmError } from '../model/errors/index.js';
import { listenersOf } from '../model/held-ports.js';
import { isStopped } from '../model/process.js';
import { formatAddress, reachableHost } from '../model/socket.js';
import type { Look } from '../plugin/contract.js';
import { commandLine } from './command-line.js';
import { observeForeign, observeStranger } from './foreign-instance.js';
import type { Selected } from './instances.js';
import { sameInstance } from './own-unit.js';
import { recogniseProcess } from './recognise.js';
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
  const { file } = workspace.ecosystem;
  const here = allInstances(workspace, look, request.everywhere);
  const others = file === null || request.everywhere ? [] : elsewhere(look, file);
  return selectTargets(request, here, others);
};

/**
 * What is named by words, port or PID, as it stands now. A port or a PID leads to the declared server behind it, else to
 * what a style recognises in it, else to the bare process.
 * @throws {MpmError} TARGET_UNKNOWN, PORT_OWNER_HIDDEN, PORT_AMBIGUOUS, PROCESS_GONE
 */
export const pick = async (workspace: Workspace, look: Look, request: PickRequest): Promise<Picked> => {
  if (request.port === null && request.pid === null) {
    const snapshot = await takeSnapshot(workspace, look, pickByName(workspace, look, request));
    return { observations: snapshot.observations, pointed: false, snapshot };
  }
  const all = allInstances(workspace, look, true);
  const snapshot = await takeSnapshot(workspace, look, all, { recognise: false });
  const pids = request.pid === null ? holdersOf(request.port ?? 0, look) : [existing(request.pid, look)];
  const found = unique(await Promise.all(pids.map((pid) => observePid(pid, snapshot, workspace, look))));
  if (found.length > 1 && request.port !== null) throw ambiguous(request.port, found, workspace);
  if (found.length > 0) return { observations: found, pointed: true, snapshot };
  const declared = snapshot.observations.filter(
    ({ instance }) => request.port !== null && instance.port === request.port,
  );
  // Nobody runs there: what this file declares is meant before what others have recorded.
  const here = declared.filter(({ instance }) => instance.server.declaredIn === workspace.ecosystem.file);
  return { observations: here.length > 0 ? here : declared, pointed: false, snapshot };
};

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

const longestLook = 1000;

/** Nobody knows what it speaks; what does not even turn down a plain question does not answer. */
const silenceOf = async (
  endpoints: Observation['instance']['endpoints'],
  { host, signal }: Workspace,
): Promise<string | null> => {
  const [first] = endpoints;
  if (first?.kind !== 'tcp') return null;
  const url = `http://${formatAddress(reachableHost(first.host), first.port)}/`;
  const answer = await host.http.request({
    method: 'GET',
    url,
    timeout: longestLook,
    maxBytes: 65_536,
    signal,
  });
  return answer.kind === 'none' && answer.why === 'timeout'
    ? `${url} accepts connections and does not answer in time`
    : null;
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
