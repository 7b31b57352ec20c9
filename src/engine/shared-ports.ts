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
    [...byPort].filter(([, sharing]) =>
      sharing.some((one) =>
        sharing.some((other) => one.instance.server.key !== other.instance.server.key && collide(one, other)),
      ),
    ),
  );
};

const wildcards = new Set([null, '', '0.0.0.0', '::']);

const collide = (a: Observation, b: Observation): boolean => {
  const [hostA, hostB] = [plain(a.instance.server.host), plain(b.instance.server.host)];
  return wildcards.has(hostA) || wildcards.has(hostB) || hostA === hostB;
};

const plain = (host: string | null): string | null => (host === 'localhost' ? '127.0.0.1' : host);
