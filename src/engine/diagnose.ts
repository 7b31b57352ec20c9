import type { Finding } from '../model/finding.js';
import { displayInstance, type InstanceKey } from '../model/key.js';
import { listenersOf } from '../model/held-ports.js';
import { type ProcessRow, startedAt } from '../model/process.js';
import type { Holder } from '../model/socket.js';
import { ancestorsOf } from '../model/tree.js';
import type { Look } from '../plugin/contract.js';
import { commandLine } from './command-line.js';
import type {
  ChainLink,
  Claim,
  DiagnosisReport,
  DiagnosisSubject,
  PortDiagnosis,
  PortListener,
} from './diagnosis.js';
import type { Selected } from './instances.js';
import { unitOfProcess } from './merge.js';
import { sameInstance } from './own-unit.js';
import { narrowed, reach, unnamedHolders } from './reach.js';
import { observeForeign } from './foreign-instance.js';
import { pidDisagrees } from './rules/health.js';
import { findConflicts } from './rules/index.js';
import type { Say } from './say.js';
import { strangerFindings } from './rules/stranger.js';
import type { ForeignServer, Observation, Snapshot, StyledSighting } from './snapshot.js';
import { unitName } from './unit-name.js';
import { readUserNames, type UserNames } from './user-names.js';
import { takeSnapshot, type Workspace } from './workspace.js';

export type DiagnoseRequest = {
  /** Everything that is declared or recorded here: what is asked about is picked from it. */
  readonly all: readonly Selected[];
  /** The servers that were named; `null`: whatever the port or PID leads to. */
  readonly named: readonly Selected[] | null;
  /** What names and filters beside a port or PID leave of what it leads to; it throws where nothing is left. */
  readonly narrow?: ((found: readonly Selected[]) => readonly Selected[]) | null;
  readonly subject: DiagnosisSubject;
};

/** Who holds what, run by whom, on which evidence, what disagrees, and what resolves it. Changes nothing. */
export const diagnose = async (
  workspace: Workspace,
  look: Look,
  { all, named, narrow = null, subject }: DiagnoseRequest,
): Promise<{ readonly report: DiagnosisReport; readonly snapshot: Snapshot }> => {
  const snapshot = await takeSnapshot(workspace, look, all);
  const ports = portsOf(snapshot, named, subject, look);
  const holders = ports.flatMap((port) => look.listeners.holders(port));
  const pids = [
    ...new Set([...holders.flatMap((holder) => holder.pids), ...(subject.pid === null ? [] : [subject.pid])]),
  ];
  const touched = snapshot.observations.filter(
    (observation) => isNamed(observation, named) || (named === null && touches(observation, subject, pids)),
  );
  const reached = await reach(pids, touched, workspace, look);
  const left = narrow === null ? reached : narrowed(reached, narrow, workspace, look);
  const { relevant, strangers } = left;
  const unnamed = await unnamedHolders(holders, left, workspace);
  const conflicts = findConflicts(withoutTwinsOf(relevant, snapshot), workspace.say);
  const keys = new Set(relevant.map(({ instance }) => instance.key));
  const users = readUserNames(workspace.host);
  const report: DiagnosisReport = {
    schemaVersion: 1,
    subject,
    ports: await Promise.all(ports.map((port) => diagnosePort(port, workspace, look, users))),
    claims: [...relevant.flatMap(declaredClaims), ...strangers.flatMap(foreignClaims)],
    chains: pids.map((pid) => chainOf(pid, workspace, look, users, holders)),
    findings: [
      ...conflicts.filter((finding) => concerns(finding, keys, subject)),
      ...lyingStrangers(strangers, snapshot, workspace.say),
      ...strangerFindings({ strangers, unnamed, holders, relevant }, workspace.say, look, workspace.host),
    ],
    blind: snapshot.blind.map(({ style, reason }) => `${style}: ${reason}`),
  };
  return { report, snapshot };
};

/** Findings name keys: the servers of other files with an equal key are left out, or theirs would be told as these. */
const withoutTwinsOf = (relevant: readonly Observation[], snapshot: Snapshot): Snapshot => {
  const meant = new Map(relevant.map(({ instance }) => [instance.key, instance]));
  return {
    ...snapshot,
    observations: snapshot.observations.filter(
      ({ instance }) => (meant.get(instance.key) ?? instance) === instance,
    ),
  };
};

/** A server that nobody declared may give a wrong PID as well. */
const lyingStrangers = (
  strangers: readonly ForeignServer[],
  snapshot: Snapshot,
  say: Say,
): readonly Finding[] => {
  const observations = strangers.filter(({ unit }) => unit === null).map(observeForeign);
  return pidDisagrees({ ...snapshot, observations }, say).map((finding) => ({
    ...finding,
    rule: 'pid-disagrees',
    servers: [],
  }));
};

const portsOf = (
  snapshot: Snapshot,
  named: DiagnoseRequest['named'],
  subject: DiagnosisSubject,
  look: Look,
): readonly number[] => {
  if (subject.port !== null) return [subject.port];
  if (subject.pid !== null) {
    return [...new Set(listenersOf(look.listeners, subject.pid).map(({ port }) => port))];
  }
  const ports = snapshot.observations
    .filter((observation) => isNamed(observation, named) || named === null)
    .flatMap((observation) => [
      ...observation.ports.map(({ port }) => port),
      ...observation.seen.flatMap(({ sightings }) =>
        sightings.flatMap(({ endpoints }) =>
          endpoints.flatMap((endpoint) => (endpoint.kind === 'tcp' ? [endpoint.port] : [])),
        ),
      ),
    ]);
  return [...new Set(ports)].toSorted((a, b) => a - b);
};

const isNamed = ({ instance }: Observation, named: DiagnoseRequest['named']): boolean =>
  named !== null && named.some((selected) => sameInstance(selected.instance, instance));

/** Without a subject everything is asked about. */
const touches = (observation: Observation, subject: DiagnosisSubject, pids: readonly number[]): boolean => {
  if (subject.port === null && subject.pid === null) return true;
  if (subject.port !== null && observation.ports.some(({ port }) => port === subject.port)) return true;
  return observation.seen.some((seen) => pids.some((pid) => seen.pids.has(pid)));
};

const concerns = (finding: Finding, keys: ReadonlySet<InstanceKey>, subject: DiagnosisSubject): boolean =>
  finding.servers.some((key) => keys.has(key)) || (finding.servers.length === 0 && subject.server === null);

const diagnosePort = async (
  port: number,
  workspace: Workspace,
  look: Look,
  users: UserNames,
): Promise<PortDiagnosis> => {
  const listeners = look.listeners
    .holders(port)
    .map((holder) => describeListener(holder, workspace, look, users));
  return {
    port,
    listeners,
    free: listeners.length === 0 && (await workspace.host.sockets.bindable(port, null)) === 'free',
  };
};

const describeListener = (
  holder: Holder,
  { host }: Workspace,
  look: Look,
  users: UserNames,
): PortListener => ({
  family: holder.family,
  address: holder.address,
  holders: holder.pids.flatMap((pid) => {
    const row = look.processes.rows.get(pid);
    if (row === undefined) return [];
    const uid = host.processes.details(pid)?.uid ?? null;
    return [
      {
        pid,
        command: commandLine(row, host),
        user: uid === null ? null : users(uid),
        since: startedAt(look.processes, row),
        manager: managerOf(pid, look),
      },
    ];
  }),
  note: noteOn(holder, users),
});

const managerOf = (pid: number, look: Look): string | null => {
  const unit = unitOfProcess(pid, look);
  const view = unit === null ? undefined : look.units.get(unit);
  return view?.sighting?.manager?.name ?? null;
};

const noteOn = ({ pids, uid, address }: Holder, users: UserNames): string | null => {
  if (pids.length === 0)
    return `busy; its owner is not visible to you (user ${users(uid)}, a container, or another namespace)`;
  return address === '0.0.0.0' || address === '::' ? 'reachable from other machines' : null;
};

const declaredClaims = ({ instance, seen }: Observation): readonly Claim[] =>
  seen.flatMap(({ sightings }) =>
    sightings.map((sighting) =>
      claimOf(sighting, displayInstance(instance.key, instance.server.instances), instance.key),
    ),
  );

const foreignClaims = ({ name, unit, seen }: ForeignServer): readonly Claim[] =>
  seen.sightings.map((sighting) => claimOf(sighting, name, unit));

const claimOf = (sighting: StyledSighting, name: string, key: InstanceKey | null): Claim => ({
  style: sighting.style,
  role: sighting.role,
  name,
  key,
  manager: sighting.manager?.name ?? null,
  pid: sighting.main?.pid ?? null,
  proven: sighting.proven,
  evidence: sighting.evidence,
});

const chainOf = (
  pid: number,
  { host }: Workspace,
  look: Look,
  users: UserNames,
  holders: readonly Holder[],
): readonly ChainLink[] => {
  const row = look.processes.rows.get(pid);
  if (row === undefined) return [];
  return [row, ...ancestorsOf(look.processes, pid)].map((link) => {
    const uid = host.processes.details(link.pid)?.uid ?? null;
    return {
      pid: link.pid,
      command: commandLine(link, host),
      user: uid === null ? null : users(uid),
      what: roleOf(link, look, holders),
    };
  });
};

const roleOf = (row: ProcessRow, look: Look, holders: readonly Holder[]): string | null => {
  for (const [key, { main, helper }] of look.units) {
    if (main?.pid === row.pid) return `main process of ${unitName(key, look)}`;
    if (helper?.pid === row.pid) return 'helper of mpm-io';
  }
  if (holders.some(({ pids }) => pids.includes(row.pid))) return 'listens';
  return row.pid === 1 ? 'first process of the system' : null;
};
