import type { InstanceKey } from '../model/key.js';
import { isAlive, type ProcessRow } from '../model/process.js';
import type { Holder } from '../model/socket.js';
import { listenersOf } from '../model/held-ports.js';
import { ancestorsOf } from '../model/tree.js';
import { checkDiscovery } from '../plugin/check-answer.js';
import type { Look } from '../plugin/contract.js';
import { runHook } from '../plugin/run-hook.js';
import { mergeSightings, unitOfProcess } from './merge.js';
import type { ObserveOptions } from './observe-options.js';
import { lookFor } from './own-unit.js';
import { unitName } from './unit-name.js';
import type { ForeignServer, Observation, Seen, StyledSighting } from './snapshot.js';

type Asking = Pick<ObserveOptions, 'styles' | 'look' | 'signal'>;

export type Recogniser = (holder: Pick<Holder, 'pids'>) => Promise<readonly ForeignServer[]>;

/** Asks who a process is; each process is asked about once, however many servers declare its port. */
export const createRecogniser = (options: Asking): Recogniser => {
  const known = new Map<number, Promise<readonly ForeignServer[]>>();
  return async ({ pids }) => {
    const answers = await Promise.all(
      pids.map((pid) => {
        const asked = known.get(pid) ?? recogniseProcess(pid, options);
        known.set(pid, asked);
        return asked;
      }),
    );
    return answers.flat();
  };
};

/**
 * Who a process is, in every style's eyes. The process is asked about first, then each ancestor: the nearest manager is
 * the owner. What an ancestor merely answers counts only where both have one socket open, as a primary and its workers:
 * a program that was started from a server's shell is not that server. A process inside one of our own units is that
 * unit, and no style is asked.
 */
export const recogniseProcess = async (pid: number, options: Asking): Promise<readonly ForeignServer[]> => {
  const { look } = options;
  const unit = unitOfProcess(pid, look);
  const recorded = unit === null ? null : (look.units.get(unit) ?? null);
  if (unit !== null && recorded?.sighting !== null && recorded?.sighting !== undefined)
    return toForeign(
      [
        {
          name: unitName(unit, look),
          unit,
          sighting: { ...recorded.sighting, style: recorded.record.spec.style },
        },
      ],
      look,
    );
  const line = [look.processes.rows.get(pid), ...ancestorsOf(look.processes, pid)].filter(
    (row): row is ProcessRow => row !== undefined && isAlive(row) && row.pid > 1,
  );
  const found: Named[] = [];
  for (const row of line) {
    const asked = await askStyles(row, options);
    const named =
      row.pid === pid || shareSocket(pid, row.pid, look)
        ? asked
        : asked.filter(({ sighting }) => sighting.role === 'owner');
    found.push(...named);
    if (named.some(({ sighting }) => sighting.role === 'owner')) break;
  }
  return toForeign(found, look);
};

const shareSocket = (pid: number, ancestor: number, { listeners }: Look): boolean => {
  const inodes = new Set(listenersOf(listeners, ancestor).map(({ inode }) => inode));
  return listenersOf(listeners, pid).some(({ inode }) => inodes.has(inode));
};

type Named = { readonly name: string; readonly unit: InstanceKey | null; readonly sighting: StyledSighting };

const askStyles = async (row: ProcessRow, { styles, look, signal }: Asking): Promise<readonly Named[]> => {
  const answers = await Promise.all(
    [...styles].map(async ([style, loaded]): Promise<readonly Named[]> => {
      if (loaded.style.recognize === undefined) return [];
      const recognize = loaded.style.recognize.bind(loaded.style);
      const result = await runHook({
        style,
        hook: 'recognize',
        instance: null,
        signal,
        call: async (abort) => checkDiscovery(await recognize(row, lookFor([], look, abort))),
      });
      // A style that fails here only withholds its opinion of a stranger; its own servers are told by detect.
      if (!result.ok || result.value === null) return [];
      return [{ name: result.value.name, unit: null, sighting: { ...result.value.sighting, style } }];
    }),
  );
  return answers.flat();
};

const toForeign = (found: readonly Named[], look: Look): readonly ForeignServer[] =>
  mergeSightings(
    found.map(({ sighting }) => sighting),
    look,
  ).map((seen) => {
    const [first] = seen.sightings;
    const named = found.find(({ sighting }) => sighting === first) ?? found[0];
    return { style: first.style, name: named?.name ?? first.style, seen, unit: named?.unit ?? null };
  });

/** Each foreign server once, and none that is a declared one seen from elsewhere. */
export const mergeForeign = (
  found: readonly ForeignServer[],
  observations: readonly Observation[],
  look: Look,
): readonly ForeignServer[] => {
  const declared = new Set(observations.flatMap(({ seen }) => seen.flatMap(({ pids }) => [...pids])));
  const kept: ForeignServer[] = [];
  for (const server of found) {
    if ([...server.seen.pids].some((pid) => declared.has(pid))) continue;
    const twin = kept.findIndex((other) => overlap(other.seen, server.seen));
    if (twin === -1) kept.push(server);
    else kept[twin] = join(kept[twin] as ForeignServer, server, look);
  }
  return kept;
};

const overlap = (a: Seen, b: Seen): boolean => [...a.pids].some((pid) => b.pids.has(pid));

const join = (a: ForeignServer, b: ForeignServer, look: Look): ForeignServer => {
  const sightings = [...a.seen.sightings];
  for (const sighting of b.seen.sightings) {
    if (!sightings.some(({ style, main }) => style === sighting.style && main?.pid === sighting.main?.pid))
      sightings.push(sighting);
  }
  const [seen] = mergeSightings(sightings, look);
  return seen === undefined ? a : { ...a, seen };
};
