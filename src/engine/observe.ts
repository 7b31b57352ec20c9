import type { Host } from '../host/host.js';
import type { InstanceKey } from '../model/key.js';
import type { Instance } from '../model/server.js';
import type { Detection } from '../model/sighting.js';
import type { Holder } from '../model/socket.js';
import { checkDetections, checkDiscoveries } from '../plugin/check-answer.js';
import type { Look } from '../plugin/contract.js';
import type { LoadedStyle } from '../plugin/load.js';
import { runHook } from '../plugin/run-hook.js';
import type { Selected } from './instances.js';
import { mergeSightings, unitOfProcess } from './merge.js';
import { commandLine } from './command-line.js';
import type { ObserveOptions } from './observe-options.js';
import { createRecogniser, mergeForeign } from './recognise.js';
import type {
  Blind,
  ForeignServer,
  HolderFact,
  Observation,
  PortFact,
  Seen,
  Snapshot,
  StyledSighting,
} from './snapshot.js';

/** Asks every style about its instances, side by side, and holds what they say against the port table. */
export const observe = async (selected: readonly Selected[], options: ObserveOptions): Promise<Snapshot> => {
  const { styles, look } = options;
  const answers = await Promise.all(
    groupByStyle(selected, look).map(async ({ style, instances, hides }) => ({
      instances,
      ...(await detectStyle(style, styles.get(style), instances, {
        ...options,
        look: hides ? withoutUnits(look, new Set(instances.map(({ key }) => key))) : look,
      })),
    })),
  );
  const detections = new Map(
    answers.flatMap(({ instances, detections: found }) =>
      instances.flatMap((instance) => {
        const detection = found.get(instance.key);
        return detection === undefined ? [] : [[instance, detection] as const];
      }),
    ),
  );
  const blind = answers.flatMap((answer) => (answer.blind === null ? [] : [answer.blind]));
  const recogniser = createRecogniser(options);
  const observations = await Promise.all(
    selected.map(async ({ instance, undeclared }): Promise<Observation> => {
      const detection = detections.get(instance) ?? {
        seen: 'unavailable' as const,
        reason: 'no style was asked',
      };
      const seen = detection.seen === 'running' ? mergeSightings(stamp(detection, instance, look), look) : [];
      // What its file has dropped, and does not run, wants no port any more.
      const ports =
        undeclared && seen.length === 0 ? [] : await portFacts(instance, seen, options, recogniser);
      const view = isAnothers(instance, look) ? null : (look.units.get(instance.key) ?? null);
      return { instance, undeclared, detection, view, seen, ports };
    }),
  );
  const discovered = options.discover ? await discoverAll(options, blind) : [];
  const foreign = mergeForeign(
    [
      ...observations.flatMap(({ ports }) =>
        ports.flatMap(({ holders }) => holders.flatMap(({ recognised }) => recognised)),
      ),
      ...discovered,
    ],
    observations,
    look,
  );
  return { look, observations, foreign, blind };
};

/** Its key is recorded, by another file: that unit is a server of its own and not this one. */
const isAnothers = ({ key, record }: Instance, look: Look): boolean => record === null && look.units.has(key);

const withoutUnits = (look: Look, keys: ReadonlySet<InstanceKey>): Look =>
  Object.create(look, {
    units: { value: new Map([...look.units].filter(([key]) => !keys.has(key))), enumerable: true },
  }) as Look;

type Group = { readonly style: string; readonly hides: boolean; readonly instances: Instance[] };

const groupByStyle = (selected: readonly Selected[], look: Look): readonly Group[] => {
  const groups = new Map<string, Group>();
  for (const { instance } of selected) {
    const { style } = instance.server;
    const hides = isAnothers(instance, look);
    const group = groups.get(`${style}\0${hides}`) ?? { style, hides, instances: [] };
    group.instances.push(instance);
    groups.set(`${style}\0${hides}`, group);
  }
  return [...groups.values()];
};

type Answer = {
  readonly detections: ReadonlyMap<InstanceKey, Observation['detection']>;
  readonly blind: Blind | null;
};

const detectStyle = async (
  name: string,
  loaded: LoadedStyle | undefined,
  instances: readonly Instance[],
  { look, signal }: ObserveOptions,
): Promise<Answer> => {
  const keys = instances.map(({ key }) => key);
  if (loaded === undefined) {
    const reason = `the style ${name} is not loaded here`;
    return {
      detections: allOf(keys, recordedOr({ seen: 'unavailable', reason }, look)),
      blind: { style: name, reason, keys },
    };
  }
  const result = await runHook({
    style: name,
    hook: 'detect',
    instance: null,
    signal,
    call: async (abort) =>
      checkDetections(await loaded.style.detect(instances, withSignal(look, abort)), keys),
  });
  if (!result.ok) {
    const blind = { style: name, reason: result.error.message, keys };
    return { detections: allOf(keys, recordedOr({ seen: 'failed', error: result.error }, look)), blind };
  }
  const unavailable = [...result.value].filter(([, { seen }]) => seen === 'unavailable');
  const reasons = [
    ...new Set(
      unavailable.map(([, detection]) => (detection.seen === 'unavailable' ? detection.reason : '')),
    ),
  ];
  return {
    detections: result.value,
    blind:
      unavailable.length === 0
        ? null
        : { style: name, reason: reasons.join('; '), keys: unavailable.map(([key]) => key) },
  };
};

/** A style that cannot look does not make us forget what we launched ourselves: the record speaks for itself. */
const recordedOr =
  (otherwise: Observation['detection'], look: Look) =>
  (key: InstanceKey): Observation['detection'] => {
    const sighting = look.units.get(key)?.sighting;
    return sighting === undefined || sighting === null
      ? otherwise
      : { seen: 'running', sightings: [sighting] };
  };

const allOf = (
  keys: readonly InstanceKey[],
  detection: (key: InstanceKey) => Observation['detection'],
): Answer['detections'] => new Map(keys.map((key) => [key, detection(key)]));

/** The same look with a hook's own signal; its parts stay lazy. */
const withSignal = (look: Look, signal: AbortSignal): Look =>
  Object.create(look, { signal: { value: signal, enumerable: true } }) as Look;

/** What lies in the unit of another server is that server, however much it looks like this one. */
const stamp = (
  detection: Detection & { seen: 'running' },
  instance: Instance,
  look: Look,
): readonly StyledSighting[] =>
  detection.sightings
    .filter(({ main }) => main === null || isOfInstance(unitOfProcess(main.pid, look), instance))
    .map((sighting) => ({ ...sighting, style: sighting.style ?? instance.server.style }));

const isOfInstance = (unit: InstanceKey | null, { key, record }: Instance): boolean =>
  unit === null || (unit === key && record !== null);

type Recogniser = ReturnType<typeof createRecogniser>;

const portFacts = async (
  instance: Instance,
  seen: readonly Seen[],
  { host, look, recognise }: ObserveOptions,
  recogniser: Recogniser,
): Promise<readonly PortFact[]> => {
  const ports = [
    ...new Set(instance.endpoints.flatMap((endpoint) => (endpoint.kind === 'tcp' ? [endpoint.port] : []))),
  ];
  return Promise.all(
    ports.map(async (port) => ({
      port,
      holders: await Promise.all(
        look.listeners.holders(port).map(async (holder): Promise<HolderFact> => {
          const process = holderProcess(holder, look);
          const explained = isExplained(holder, instance, seen, look, host);
          return {
            ...holder,
            explained,
            process,
            get command() {
              return process === null ? null : commandLine(process, host); // read for those that are told
            },
            recognised: explained || !recognise ? [] : await recogniser(holder),
          };
        }),
      ),
    })),
  );
};

/** Of several processes that share a socket, the oldest PID: workers inherit it from their primary. */
const holderProcess = (holder: Holder, look: Look): HolderFact['process'] =>
  holder.pids
    .flatMap((pid) => look.processes.rows.get(pid) ?? [])
    .toSorted((a, b) => a.start - b.start || a.pid - b.pid)[0] ?? null;

/**
 * The holder is the server itself: in its tree, or in the unit that was launched for it. Where the holder's process is
 * not visible, the user that owns the socket must be the user that the server runs as.
 */
const isExplained = (
  holder: Holder,
  instance: Instance,
  seen: readonly Seen[],
  look: Look,
  host: Host,
): boolean =>
  holder.pids.length > 0
    ? holder.pids.some(
        (pid) =>
          seen.some(({ pids }) => pids.has(pid)) ||
          (seen.length > 0 && instance.record !== null && unitOfProcess(pid, look) === instance.key),
      )
    : seen.some(({ main }) => main === null || host.processes.details(main.pid)?.uid === holder.uid);

const discoverAll = async (
  { styles, look, signal }: ObserveOptions,
  blind: Blind[],
): Promise<readonly ForeignServer[]> => {
  const found = await Promise.all(
    [...styles].map(async ([name, { style }]) => {
      if (style.discover === undefined) return [];
      const discover = style.discover.bind(style);
      const result = await runHook({
        style: name,
        hook: 'discover',
        instance: null,
        signal,
        call: async (abort) => checkDiscoveries(await discover(withSignal(look, abort))),
      });
      if (!result.ok) {
        blind.push({ style: name, reason: result.error.message, keys: [] });
        return [];
      }
      return result.value.flatMap((discovery): ForeignServer[] => {
        const [seen] = mergeSightings([{ ...discovery.sighting, style: name }], look);
        const pid = discovery.sighting.main?.pid;
        return seen === undefined
          ? []
          : [
              {
                style: name,
                name: discovery.name,
                seen,
                unit: pid === undefined ? null : unitOfProcess(pid, look),
              },
            ];
      });
    }),
  );
  return found.flat();
};
