import { excludes } from './excludes.js';
import type { Observation } from './snapshot.js';

/** Instances of different servers that declare one fixed port on addresses that exclude each other, by port. */
export const instancesByPort = (
  observations: readonly Observation[],
): ReadonlyMap<number, readonly Observation[]> => {
  const byPort = new Map<number, Observation[]>();
  for (const observation of observations) {
    const { server, port } = observation.instance;
    if (port === null || server.port?.kind !== 'fixed') continue;
    // What its file has dropped, and does not run, wants no port any more.
    if (observation.undeclared && observation.seen.length === 0) continue;
    const sharing = byPort.get(port);
    if (sharing === undefined) byPort.set(port, [observation]);
    else sharing.push(observation);
  }
  return new Map(
    [...byPort].flatMap(([port, candidates]) => {
      const sharing = candidates.filter((one) => candidates.some((other) => collide(one, other)));
      return sharing.length === 0 ? [] : [[port, sharing] as const];
    }),
  );
};

const collide = (a: Observation, b: Observation): boolean => {
  const [one, other] = [a.instance.server, b.instance.server];
  if (one.key === other.key && one.declaredIn === other.declaredIn) return false;
  const address = other.host === 'localhost' ? '127.0.0.1' : (other.host ?? '');
  return excludes({ address, family: address.includes(':') ? 6 : 4 }, one.host);
};
