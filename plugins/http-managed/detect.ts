import {
  fillText,
  type Detection,
  type Detections,
  type Host,
  type Instance,
  type InstanceKey,
  type Look,
  type Sighting,
} from 'mpm-io/plugin';
import { callAddress } from '../seen/holders.js';
import { fillOf, ownerOf, recordEvidence } from '../seen/unit-owner.js';
import { longestLook, makeAsk, targetOf, type Ask, type Target } from './ask.js';
import { judge } from './judge.js';
import { healthPaths, optionsOf } from './options.js';
import { assign, portsOf, takenPorts } from './range.js';
import { sight, type Offer, type Shown } from './sight.js';

/** Asks every endpoint of every instance side by side: ten frozen servers cost the time of one. */
export const detect = async (instances: readonly Instance[], look: Look, host: Host): Promise<Detections> => {
  try {
    const ask = makeAsk(host, look.signal);
    const taken = takenPorts(instances, look);
    const all = instances.map(async (instance) => ({
      instance,
      offers: await Promise.all(
        portsOf(instance, look, taken).map(async (port) => ({
          port,
          shown: await showPort(instance, port, look, host, ask),
        })),
      ),
    }));
    return conclude(await Promise.all(all), look);
  } catch (error) {
    const reason = `the processes or sockets cannot be read: ${String(error)}`;
    return new Map(instances.map(({ key }) => [key, { seen: 'unavailable', reason }]));
  }
};

/** One port of one instance: every health path at once, the first that tells something counts. */
const showPort = async (
  instance: Instance,
  port: number | null,
  look: Look,
  host: Host,
  ask: Ask,
): Promise<Shown> => {
  const owner = ownerOf(instance.key, look);
  const targets = targetsOf(instance, port, look);
  const timeout = Math.min(instance.server.health?.timeout ?? longestLook, longestLook);
  const { signature, fields } = optionsOf(instance.server);
  const described = signature !== undefined || fields?.status !== undefined;
  const shows = await Promise.all(
    targets.map(async (target) => {
      const verdict = silentHere(target, look, host)
        ? ({ kind: 'nobody', text: 'nothing listens there' } as const)
        : judge(await ask(target, timeout), described);
      return { kind: verdict.kind, shown: sight({ instance, target, look, host, owner }, verdict) };
    }),
  );
  const best = ranks.flatMap((rank) => shows.filter(({ kind }) => kind === rank))[0];
  return best?.shown ?? { kind: 'nothing', evidence: [] };
};

const ranks = ['health', 'silent', 'other', 'nobody', 'unknown'] as const;

const targetsOf = (instance: Instance, port: number | null, look: Look): readonly Target[] => {
  const { server } = instance;
  const address = port === null ? '127.0.0.1' : callAddress(look.listeners, port, server.host);
  const fill = { ...fillOf(instance, port), host: address };
  return healthPaths(server).map((path) => targetOf(fillText(path, fill), address, port, server.socket));
};

/** On Linux the table shows every listener of this machine: where there is none, asking would only be refused. */
const silentHere = ({ port, address }: Target, look: Look, host: Host): boolean =>
  port !== null &&
  host.platform === 'linux' &&
  (address === '::1' || address.startsWith('127.')) &&
  !look.listeners.rows.some((row) => row.port === port);

const conclude = (
  all: readonly { readonly instance: Instance; readonly offers: readonly Offer[] }[],
  look: Look,
): Detections => {
  const chosen = assign(all, look);
  return new Map<InstanceKey, Detection>(
    all.map(({ instance, offers }) => [
      instance.key,
      detectionOf(instance, chosen.get(instance.key) ?? null, offers, look),
    ]),
  );
};

const detectionOf = (
  instance: Instance,
  witness: Sighting | null,
  offers: readonly Offer[],
  look: Look,
): Detection => {
  const owner = ownerOf(instance.key, look);
  if (owner !== null && witness !== null) return { seen: 'running', sightings: [owner, witness] };
  if (owner !== null) return { seen: 'running', sightings: [owner] };
  if (witness !== null) return { seen: 'running', sightings: [witness] };
  const blind = offers.find(({ shown }) => shown.kind === 'unavailable')?.shown;
  if (blind?.kind === 'unavailable') return { seen: 'unavailable', reason: blind.reason };
  const seen = offers.flatMap(({ shown }) => (shown.kind === 'nothing' ? shown.evidence : []));
  const record = { source: 'record', text: recordEvidence(instance, look) };
  return { seen: 'absent', evidence: seen.length > 0 ? seen : [nothingToAsk(instance), record] };
};

const nothingToAsk = ({ server }: Instance) => ({
  source: 'socket',
  text:
    server.port?.kind === 'range'
      ? `nothing that could be it listens on a port from ${server.port.from} to ${server.port.to}`
      : 'no port and no socket is declared: there is nowhere to ask',
});
