import { type Instance, type InstanceKey, type Look, type Sighting } from 'mpm-io/plugin';
import { generic } from './dialects.js';
import { type Offer } from './sight.js';

/** The most ports of a range that one look asks. */
const mostPorts = 128;

/** A range of which this instance holds no port now: that it had one once gives it no claim to who is there today. */
const isOpen = ({ server, key }: Instance, look: Look): boolean =>
  server.port?.kind === 'range' && (look.units.get(key)?.main ?? null) === null;

/** Ports that are spoken for: of other instances here, and of every recorded unit that runs. */
export const takenPorts = (instances: readonly Instance[], look: Look): ReadonlyMap<number, InstanceKey> =>
  new Map([
    ...instances.flatMap((instance) =>
      instance.port === null || isOpen(instance, look) ? [] : [[instance.port, instance.key] as const],
    ),
    ...[...look.units].flatMap(([key, { record, main }]) => {
      const port = record.run?.port ?? null;
      return port === null || main === null ? [] : [[port, key] as const];
    }),
  ]);

/** Where an instance may be: its own port, or every port of its range that somebody listens on and nobody has. */
export const portsOf = (
  instance: Instance,
  look: Look,
  taken: ReadonlyMap<number, InstanceKey>,
): readonly (number | null)[] => {
  const { port, key, server } = instance;
  if (server.port?.kind !== 'range' || !isOpen(instance, look))
    return port === null && server.socket === null ? [] : [port];
  const { from, to } = server.port;
  const listening = look.listeners.rows
    .map((row) => row.port)
    .filter((found) => found >= from && found <= to && (taken.get(found) ?? key) === key);
  return [...new Set(listening)].toSorted((a, b) => a - b).slice(0, mostPorts);
};

type Offered = { readonly instance: Instance; readonly offers: readonly Offer[] };

/**
 * Which sighting is whose. An instance with a port has its own. Of a range each first has the port that is its by its
 * place (the third instance the third port), or that it had before; what is left goes to the others, the lowest first.
 * So it is no matter which of them were asked about, or in what order, and who ends changes nobody else's place.
 */
export const assign = (all: readonly Offered[], look: Look): ReadonlyMap<InstanceKey, Sighting> => {
  const chosen = new Map<InstanceKey, Sighting>();
  const used = new Set<number>();
  const inOrder = all.toSorted(({ instance: a }, { instance: b }) =>
    a.server.key === b.server.key ? a.index - b.index : a.server.key < b.server.key ? -1 : 1,
  );
  const choose = (fits: (sighting: Sighting, port: number | null, instance: Instance) => boolean): void => {
    for (const { instance, offers } of inOrder)
      for (const { port, shown } of offers) {
        if (chosen.has(instance.key) || shown.kind !== 'sighting') continue;
        if (!fits(shown.sighting, port, instance)) continue;
        if (isOpen(instance, look) && port !== null) {
          if (used.has(port)) continue;
          used.add(port);
        }
        chosen.set(instance.key, shown.sighting);
      }
  };
  const isKnown = (sighting: Sighting, _port: number | null, instance: Instance): boolean =>
    !isOpen(instance, look) || speaksKnown(sighting);
  // What is proven is given away before what only may be.
  choose((sighting, port, instance) => sighting.proven && isPlaceOf(instance, port));
  choose(({ proven }) => proven);
  choose((sighting, port, instance) => isPlaceOf(instance, port) && isKnown(sighting, port, instance));
  choose(isKnown);
  return chosen;
};

const isPlaceOf = ({ server, index, port: before }: Instance, port: number | null): boolean =>
  server.port?.kind !== 'range' || port === (before ?? server.port.from + index);

/** In a range any program may answer with a status: only a known form is taken without proof. */
const speaksKnown = ({ claims }: Sighting): boolean =>
  claims?.dialect !== undefined && claims.dialect !== generic.name;
