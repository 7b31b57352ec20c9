import { defaultNamespace, instanceKey, parseInstanceKey, serverKey } from '../model/key.js';
import { findAlive, startedAt } from '../model/process.js';
import { formatAddress, reachableHost } from '../model/socket.js';
import { treeRss } from '../model/tree.js';
import { assess, type Assessment } from './assess.js';
import type { InstanceReport, State } from './report.js';
import type { ForeignServer, Observation, Seen } from './snapshot.js';
import type { Look } from '../plugin/contract.js';

/** One instance as `status` shows it. */
export const reportInstance = (observation: Observation, look: Look): InstanceReport => {
  const { instance, undeclared, view } = observation;
  const { server, record } = instance;
  const assessment = assess(observation);
  const seen = assessment.is === 'running' ? assessment.seen : null;
  const host = server.host;
  return {
    name: server.name,
    namespace: server.namespace,
    instance: instance.index,
    id: record?.id ?? null,
    style: server.style,
    state: stateOf(assessment),
    desired: record?.desired ?? null,
    reason: assessment.reason,
    ready: assessment.is === 'running' ? assessment.ready : null,
    ...processFigures(seen, look),
    port: instance.port ?? seenPort(seen),
    endpoints: instance.endpoints.length > 0 ? instance.endpoints : (seen?.sightings[0].endpoints ?? []),
    host,
    url: urlOf(observation, seen),
    restarts: record?.restarts ?? 0,
    cpu: null,
    owner: ownerOf(seen),
    origin:
      seen === null
        ? null
        : view !== null && assessment.is === 'running' && assessment.ours
          ? 'ours'
          : 'external',
    declaredIn: server.declaredIn,
    undeclared,
    evidence: evidenceOf(observation),
    claims: claimsOf(seen),
    key: instance.key,
    instances: server.instances,
  };
};

export const stateOf = (assessment: Assessment): State => {
  if (assessment.is !== 'running') return assessment.is;
  if (assessment.unresponsive) return 'unresponsive';
  if (assessment.phase !== 'running') return assessment.phase;
  if (assessment.unasked) return 'unknown';
  return assessment.ready === false ? 'starting' : 'online';
};

/** A server that nobody declared here, in the same shape; one that the home has recorded keeps its own name and id. */
export const reportForeign = ({ style, name, seen, unit }: ForeignServer, look: Look): InstanceReport => {
  const [first] = seen.sightings;
  const record = unit === null ? null : (look.units.get(unit)?.record ?? null);
  const key = unit ?? instanceKey(serverKey(defaultNamespace, name), 0);
  const named = parseInstanceKey(key);
  const unresponsive = seen.sightings.some((sighting) => sighting.unresponsive === true);
  return {
    name: named.name,
    namespace: named.namespace,
    instance: named.index,
    id: record?.id ?? null,
    style,
    state: unresponsive ? 'unresponsive' : 'online',
    desired: record?.desired ?? null,
    reason: first.reason ?? null,
    ready: first.ready,
    ...processFigures(seen, look),
    port: seenPort(seen),
    endpoints: first.endpoints,
    host: null,
    url: null,
    restarts: record?.restarts ?? 0,
    cpu: null,
    owner: ownerOf(seen),
    origin: record === null ? 'external' : 'ours',
    declaredIn: record?.spec.declaredIn ?? null,
    undeclared: true,
    evidence: seen.sightings.flatMap(({ evidence }) => evidence),
    claims: claimsOf(seen),
    key,
    instances: 1,
  };
};

const processFigures = (
  seen: Seen | null,
  look: Look,
): Pick<InstanceReport, 'pid' | 'uptimeMs' | 'memory'> => {
  const main = seen?.main ?? null;
  const row = main === null ? undefined : findAlive(look.processes, main);
  if (main === null || row === undefined) return { pid: null, uptimeMs: null, memory: null };
  const uptimeMs = Math.max(0, look.processes.takenAt - startedAt(look.processes, row));
  return { pid: main.pid, uptimeMs, memory: treeRss(look.processes, main.pid) };
};

const seenPort = (seen: Seen | null): number | null => {
  for (const { endpoints } of seen?.sightings ?? [])
    for (const endpoint of endpoints) if (endpoint.kind === 'tcp') return endpoint.port;
  return null;
};

const urlOf = ({ instance }: Observation, seen: Seen | null): string | null => {
  const port = instance.port ?? seenPort(seen);
  const { server } = instance;
  const speaksHttp =
    server.style === 'http-managed' ||
    server.health?.probe?.kind === 'http' ||
    server.ready.probe?.kind === 'http';
  return port === null || !speaksHttp ? null : `http://${formatAddress(reachableHost(server.host), port)}`;
};

const ownerOf = (seen: Seen | null): InstanceReport['owner'] => {
  const owner = seen?.owners[0];
  return owner === undefined ? null : { style: owner.style, manager: owner.name, pid: owner.pid };
};

const claimsOf = (seen: Seen | null): InstanceReport['claims'] =>
  seen?.sightings.find(({ claims }) => claims !== undefined)?.claims ?? null;

const evidenceOf = ({ detection, seen }: Observation): InstanceReport['evidence'] => {
  if (seen.length > 0) return seen.flatMap(({ sightings }) => sightings.flatMap(({ evidence }) => evidence));
  if (detection.seen === 'absent') return detection.evidence;
  if (detection.seen === 'running') return detection.sightings.flatMap(({ evidence }) => evidence);
  const text = detection.seen === 'failed' ? detection.error.message : detection.reason;
  return [{ source: 'style', text }];
};
