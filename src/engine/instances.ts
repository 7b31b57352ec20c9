import { type InstanceKey, instanceKey, parseInstanceKey, serverOfInstance } from '../model/key.js';
import type { Instance, Server } from '../model/server.js';
import { serverOf } from '../model/server-of.js';
import { endpointsOf, type PortSpec } from '../model/unit.js';
import type { UnitView } from '../model/unit-view.js';

/** An instance a command may act on. */
export type Selected = {
  readonly instance: Instance;
  /** Recorded, and its file has dropped it (or it has more instances than the file says now). */
  readonly undeclared: boolean;
};

/**
 * Every instance that the file declares, joined with its record, then what was recorded from the same file and is no
 * longer in it. A record of another file is not this server, however equal its key.
 */
export const instancesOf = (
  servers: readonly Server[],
  file: string | null,
  units: ReadonlyMap<InstanceKey, UnitView>,
): readonly Selected[] => {
  const declared = servers.flatMap((server) =>
    Array.from({ length: server.instances }, (_value, index) => {
      const unit = units.get(instanceKey(server.key, index)) ?? null;
      return {
        instance: toInstance(server, index, unit?.record.spec.declaredIn === file ? unit : null),
        undeclared: false,
      };
    }),
  );
  const keys = new Set(declared.map(({ instance }) => instance.key));
  const dropped = [...units.values()].filter(
    ({ record: { spec } }) => spec.declaredIn === file && file !== null && !keys.has(spec.key),
  );
  const known = [...servers, ...recordedServers(dropped)];
  return [...declared, ...dropped.map((unit) => fromRecord(unit, known))];
};

/** What the home has recorded, whoever declared it. */
export const recordedInstances = (units: Iterable<UnitView>): readonly Selected[] => {
  const all = [...units];
  const servers = recordedServers(all);
  return all.map((unit) => ({ ...fromRecord(unit, servers), undeclared: false }));
};

/** A record is of one instance: how many a server has is told by all of its records. */
const recordedServers = (units: readonly UnitView[]): readonly Server[] => {
  const servers = new Map<string, Server>();
  for (const { record } of units) {
    const server = serverOf(record.spec);
    const id = `${server.declaredIn ?? ''}\0${server.key}`;
    const known = servers.get(id) ?? server;
    const count = parseInstanceKey(record.spec.key).index + 1;
    servers.set(id, { ...known, instances: Math.max(known.instances, count) });
  }
  return [...servers.values()];
};

const fromRecord = (unit: UnitView, servers: readonly Server[]): Selected => {
  const { record } = unit;
  const server =
    servers.find(
      ({ key, declaredIn }) =>
        key === serverOfInstance(record.spec.key) && declaredIn === record.spec.declaredIn,
    ) ?? serverOf(record.spec);
  return { instance: toInstance(server, parseInstanceKey(record.spec.key).index, unit), undeclared: true };
};

const toInstance = (server: Server, index: number, unit: UnitView | null): Instance => {
  const recorded = unit?.record.run?.port ?? null;
  // What runs keeps the port it was given; what does not goes by the file, and a range by its record.
  const port =
    (unit !== null && unit.main !== null) || server.port?.kind === 'range'
      ? recorded
      : fixedPort(server.port, index);
  return {
    key: instanceKey(server.key, index),
    server,
    index,
    port,
    endpoints: endpointsOf(server, port),
    record: unit?.record ?? null,
  };
};

const fixedPort = (spec: PortSpec | null, index: number): number | null =>
  spec?.kind === 'fixed' ? spec.port + (spec.spread ? index : 0) : null;
