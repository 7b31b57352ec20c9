import type { Host } from '../host/host.js';
import { serverOfInstance } from '../model/key.js';
import type { Instance } from '../model/server.js';
import type { Holder } from '../model/socket.js';
import type { Look } from '../plugin/contract.js';
import { commandLine } from './command-line.js';
import { unitOfProcess } from './merge.js';
import type { ObserveOptions } from './observe-options.js';
import { ownUnit } from './own-unit.js';
import type { Recogniser } from './recognise.js';
import type { ForeignServer, HolderFact, PortFact, Seen } from './snapshot.js';

/** Who holds the ports of an instance, and which of them it is itself. */
export const portFacts = async (
  instance: Instance,
  seen: readonly Seen[],
  { host, look, recognise }: ObserveOptions,
  recogniser: Recogniser,
): Promise<readonly PortFact[]> => {
  const ports = [
    ...new Set(instance.endpoints.flatMap((endpoint) => (endpoint.kind === 'tcp' ? [endpoint.port] : []))),
  ];
  return Promise.all(
    ports.map(async (port) => {
      const holders = look.listeners
        .holders(port)
        .map((holder) => ({ holder, explained: isExplained(holder, instance, seen, look, host) }));
      // Command lines cost a read each: they are shown only where somebody is in the way.
      const shown = holders.some(({ explained }) => !explained);
      return {
        port,
        holders: await Promise.all(
          holders.map(async ({ holder, explained }): Promise<HolderFact> => ({
            ...holder,
            explained,
            ...holderProcess(holder, look, shown ? host : null),
            recognised: explained || !recognise ? [] : await recogniser(holder),
          })),
        ),
      };
    }),
  );
};

/** Of several processes that share a socket, the oldest: workers inherit it from their primary. */
const holderProcess = (
  holder: Holder,
  look: Look,
  host: Host | null,
): Pick<HolderFact, 'process' | 'command'> => {
  const [process = null] = holder.pids
    .flatMap((pid) => look.processes.rows.get(pid) ?? [])
    .toSorted((a, b) => a.start - b.start || a.pid - b.pid);
  return { process, command: process === null || host === null ? null : commandLine(process, host) };
};

/**
 * The holder is the server itself: in its tree, or in the unit that was launched for it. Where the holder's process is
 * not visible, the user that owns the socket must be the user that the server runs as.
 */
export const isExplained = (
  holder: Holder,
  instance: Instance,
  seen: readonly Seen[],
  look: Look,
  host: Host,
): boolean =>
  holder.pids.length > 0
    ? holder.pids.some(
        (pid) => seen.some(({ pids }) => pids.has(pid)) || isOfItsUnits(pid, instance, seen, look),
      )
    : seen.some(({ main }) => main === null || host.processes.details(main.pid)?.uid === holder.uid);

/** Of its own unit; or, where the instances share one port as pm2's do, of another instance of its server. */
const isOfItsUnits = (pid: number, instance: Instance, seen: readonly Seen[], look: Look): boolean => {
  const unit = unitOfProcess(pid, look);
  if (unit === null) return false;
  if (unit === instance.key) return seen.length > 0 && ownUnit(instance, look) !== null;
  const { server } = instance;
  const shared = server.port?.kind === 'fixed' && !server.port.spread;
  const declaredIn = look.units.get(unit)?.record.spec.declaredIn;
  return shared && serverOfInstance(unit) === server.key && declaredIn === server.declaredIn;
};

/** The most ports of a range that are looked at for strangers. */
const mostPorts = 128;

/** Who sits in a range of which no port is chosen yet: in nobody's way, and worth knowing. */
export const rangeStrangers = async (
  instance: Instance,
  seen: readonly Seen[],
  { look, recognise }: ObserveOptions,
  recogniser: Recogniser,
): Promise<readonly ForeignServer[]> => {
  const { port } = instance.server;
  if (!recognise || port?.kind !== 'range' || instance.port !== null) return [];
  const listening = [...new Set(look.listeners.rows.map((row) => row.port))]
    .filter((number) => number >= port.from && number <= port.to)
    .slice(0, mostPorts);
  const holders = listening
    .flatMap((number) => look.listeners.holders(number))
    .filter(({ pids }) => !pids.some((pid) => seen.some((one) => one.pids.has(pid))));
  return (await Promise.all(holders.map(recogniser))).flat();
};
