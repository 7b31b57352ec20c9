import type { InstanceKey } from '../model/key.js';
import { isStopped } from '../model/process.js';
import type { Instance } from '../model/server.js';
import type { Detection, Sighting } from '../model/sighting.js';
import type { Look } from '../plugin/contract.js';
import { askDeclared } from './ask-declared.js';
import { detectAll, discoverAll } from './detect-all.js';
import type { Selected } from './instances.js';
import { mergeSightings, unitOfProcess } from './merge.js';
import type { ObserveOptions } from './observe-options.js';
import { settleClaims, type Sighted, yieldToRecord } from './one-server.js';
import { ownUnit } from './own-unit.js';
import { portFacts, rangeStrangers } from './port-facts.js';
import { createRecogniser, mergeForeign } from './recognise.js';
import { unitName } from './unit-name.js';
import type { ForeignServer, Observation, Seen, Snapshot, StyledSighting } from './snapshot.js';

/** Asks every style about its instances, and holds what they say against the records and the port table. */
export const observe = async (selected: readonly Selected[], options: ObserveOptions): Promise<Snapshot> => {
  const { look } = options;
  const { detections, blind } = await detectAll(
    selected.map(({ instance }) => instance),
    options,
  );
  const recogniser = createRecogniser(options);
  const strangers: ForeignServer[] = [];
  const sighted = selected.map(({ instance }) =>
    sightedOf(instance, detections.get(instance) ?? notAsked, look),
  );
  const settled = await Promise.all(settleClaims(sighted, look).map((one) => askDeclared(one, options)));
  const observations = await Promise.all(
    selected.map(async ({ undeclared }, index): Promise<Observation> => {
      const one = settled[index] as Sighted;
      const { instance, seen } = one;
      const ports = await portFacts(instance, seen, options, recogniser);
      strangers.push(...(await rangeStrangers(instance, seen, options, recogniser)));
      return { ...one, undeclared, view: ownUnit(instance, look), ports };
    }),
  );
  const discovered = options.discover ? await discoverAll(options) : { found: [], blind: [] };
  const onPorts = observations.flatMap(({ ports }) =>
    ports.flatMap(({ holders }) => holders.flatMap(({ recognised }) => recognised)),
  );
  return {
    look,
    observations,
    foreign: mergeForeign([...onPorts, ...strangers, ...discovered.found], observations, look),
    blind: [...blind, ...discovered.blind],
  };
};

const notAsked: Observation['detection'] = { seen: 'unavailable', reason: 'no style was asked' };

/** What a style said of an instance, without what is recorded as another server. */
const sightedOf = (instance: Instance, said: Observation['detection'], look: Look): Sighted => {
  const { detection, yielded } = withoutOthers(said, instance, look);
  const seen =
    detection.seen === 'running'
      ? mergeSightings(stamp(detection, instance), look).map((one) => told(one, instance, look))
      : [];
  return { instance, detection, seen, yielded };
};

const stamp = (
  { sightings }: Detection & { seen: 'running' },
  { server }: Instance,
): readonly StyledSighting[] => sightings.map((sighting) => ({ ...sighting, style: server.style }));

/**
 * What the home has recorded as another server is not this one, whatever it answers: two projects may name a server
 * `web`, and two servers may declare one port. It stays visible as the holder of the port.
 */
const withoutOthers = (
  detection: Observation['detection'],
  instance: Instance,
  look: Look,
): Pick<Sighted, 'detection' | 'yielded'> => {
  if (detection.seen !== 'running' || look.units.size === 0) return { detection, yielded: [] };
  const others = detection.sightings.flatMap((sighting) => {
    const other = otherUnit(sighting, instance, look);
    return other === null ? [] : [{ sighting, ...other }];
  });
  if (others.length === 0) return { detection, yielded: [] };
  // That two servers declare one port is told by itself; a PID file that names the other's process is not.
  const yielded = others.flatMap(({ sighting: { pidFile }, pid, key }) =>
    pidFile?.verdict === 'live' ? [yieldToRecord(pid, key, unitName(key, look), instance)] : [],
  );
  const [first, ...rest] = detection.sightings.filter(
    (sighting) => !others.some((other) => other.sighting === sighting),
  );
  return {
    yielded,
    detection:
      first === undefined
        ? { seen: 'absent', evidence: others.map(({ text }) => ({ source: 'record', text })) }
        : { seen: 'running', sightings: [first, ...rest] },
  };
};

type OtherUnit = { readonly pid: number; readonly key: InstanceKey; readonly text: string };

const otherUnit = ({ main, endpoints }: Sighting, instance: Instance, look: Look): OtherUnit | null => {
  const key = main === null ? null : unitOfProcess(main.pid, look);
  const unit = key === null ? undefined : look.units.get(key);
  if (main === null || key === null || unit === undefined || unit === ownUnit(instance, look)) return null;
  const { run, spec } = unit.record;
  const onItsPort = endpoints.some((endpoint) => endpoint.kind === 'tcp' && endpoint.port === run?.port);
  if (key !== instance.key && !onItsPort) return null;
  const from = spec.declaredIn === null ? '' : ` of ${spec.declaredIn}`;
  const text = `PID ${main.pid} is recorded as ${unitName(key, look)}${from}: another server`;
  return { pid: main.pid, key, text };
};

/** A process that is stopped by a signal tells nobody so; where it should answer, it is unresponsive. */
const told = (seen: Seen, instance: Instance, look: Look): Seen => {
  const row = seen.main === null ? undefined : look.processes.rows.get(seen.main.pid);
  if (row === undefined || !isStopped(row)) return seen;
  const text = `PID ${row.pid} is stopped by a signal or a debugger (state ${row.state}); it goes on with: kill -CONT ${row.pid}`;
  const [first, ...rest] = seen.sightings;
  const answers =
    instance.endpoints.length > 0 ||
    first.endpoints.length > 0 ||
    instance.server.health?.probe?.kind !== undefined;
  const frozen = { ...first, reason: text, evidence: [...first.evidence, { source: 'process', text }] };
  return {
    ...seen,
    sightings: [answers ? { ...frozen, unresponsive: true, ready: false } : frozen, ...rest],
  };
};
