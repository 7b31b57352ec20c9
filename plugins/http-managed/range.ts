import { type Instance, type InstanceKey, type Look, type Sighting } from 'mpm-io/plugin';
import { generic } from './dialects.js';
import { type Offer } from './sight.js';

/** The most ports of a range that one look asks. */
const mostPorts = 128;

/** Ports that are spoken for: of other instances here, and of every recorded unit that runs. */
export const takenPorts = (instances: readonly Instance[], look: Look): ReadonlyMap<number, InstanceKey> =>
  new Map([
    ...instances.flatMap(({ key, port }) => (port === null ? [] : [[port, key] as const])),
    ...[...look.units].flatMap(([key, { record, main }]) => {
      const port = record.run?.port ?? null;
      return port === null || main === null ? [] : [[port, key] as const];
    }),
  ]);

/** Where an instance may be: its own port, or every port of its range that somebody listens on and nobody has. */
export const portsOf = (
  { port, key, server }: Instance,
  look: Look,
  taken: ReadonlyMap<number, InstanceKey>,
): readonly (number | null)[] => {
  if (port !== null) return [port];
  if (server.port?.kind !== 'range') return server.socket === null ? [] : [null];
  const { from, to } = server.port;
  const listening = look.listeners.rows
    .map((row) => row.port)
    .filter((found) => found >= from && found <= to && (taken.get(found) ?? key) === key);
  return [...new Set(listening)].toSorted((a, b) => a - b).slice(0, mostPorts);
};

/**
 * Which sighting is whose. An instance with a port has its own; of a range the instances, in their order, take the
 * lowest port that shows them and that no other has taken: the same answers always give the same assignment.
 */
export const assign = (
  all: readonly { readonly instance: Instance; readonly offers: readonly Offer[] }[],
): ReadonlyMap<InstanceKey, Sighting> => {
  const chosen = new Map<InstanceKey, Sighting>();
  const used = new Set<number>();
  const choose = (
    instance: Instance,
    offers: readonly Offer[],
    fits: (sighting: Sighting) => boolean,
  ): void => {
    for (const { port, shown } of offers) {
      if (chosen.has(instance.key) || shown.kind !== 'sighting' || !fits(shown.sighting)) continue;
      if (isRange(instance) && port !== null && used.has(port)) continue;
      if (isRange(instance) && port !== null) used.add(port);
      chosen.set(instance.key, shown.sighting);
    }
  };
  // What is proven is given away before what only may be.
  for (const { instance, offers } of all) choose(instance, offers, ({ proven }) => proven);
  for (const { instance, offers } of all)
    choose(instance, offers, (sighting) => !isRange(instance) || speaksKnown(sighting));
  return chosen;
};

const isRange = ({ port, server }: Instance): boolean => port === null && server.port?.kind === 'range';

/** In a range any program may answer with a status: only a known form is taken without proof. */
const speaksKnown = ({ claims }: Sighting): boolean =>
  claims?.dialect !== undefined && claims.dialect !== generic.name;
