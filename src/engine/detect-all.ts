import type { Instance } from '../model/server.js';
import { checkDetections, checkDiscoveries } from '../plugin/check-answer.js';
import type { LoadedStyle } from '../plugin/load.js';
import { runHook } from '../plugin/run-hook.js';
import { mergeSightings, unitOfProcess } from './merge.js';
import type { ObserveOptions } from './observe-options.js';
import { lookFor, ownUnit, withoutTwins } from './own-unit.js';
import type { Blind, ForeignServer, Observation } from './snapshot.js';

export type DetectionsByInstance = {
  readonly detections: ReadonlyMap<Instance, Observation['detection']>;
  readonly blind: readonly Blind[];
};

/** Asks every style about its instances, side by side: one query a style, however many servers it has. */
export const detectAll = async (
  instances: readonly Instance[],
  options: ObserveOptions,
): Promise<DetectionsByInstance> => {
  const answers = await Promise.all(
    groupByStyle(instances).flatMap(([name, group]) =>
      withoutTwins(group).map((part) => detectStyle(name, options.styles.get(name), part, options)),
    ),
  );
  return {
    detections: new Map(answers.flatMap(({ detections }) => [...detections])),
    blind: answers.flatMap(({ blind }) => blind),
  };
};

const groupByStyle = (instances: readonly Instance[]): readonly [string, readonly Instance[]][] => {
  const groups = new Map<string, Instance[]>();
  for (const instance of instances) {
    const group = groups.get(instance.server.style);
    if (group === undefined) groups.set(instance.server.style, [instance]);
    else group.push(instance);
  }
  return [...groups];
};

const detectStyle = async (
  style: string,
  loaded: LoadedStyle | undefined,
  instances: readonly Instance[],
  { look, signal }: ObserveOptions,
): Promise<DetectionsByInstance> => {
  const keys = instances.map(({ key }) => key);
  const recordsOr = (otherwise: Observation['detection']): DetectionsByInstance['detections'] =>
    new Map(instances.map((instance) => [instance, recordedOr(otherwise, instance, look)]));
  if (loaded === undefined) {
    const reason = `the style ${style} is not loaded here`;
    return { detections: recordsOr({ seen: 'unavailable', reason }), blind: [{ style, reason, keys }] };
  }
  const result = await runHook({
    style,
    hook: 'detect',
    instance: null,
    signal,
    call: async (abort) =>
      checkDetections(await loaded.style.detect(instances, lookFor(instances, look, abort)), keys),
  });
  if (!result.ok) {
    const reason = result.error.message;
    return {
      detections: recordsOr({ seen: 'failed', error: result.error }),
      blind: [{ style, reason, keys }],
    };
  }
  const detections = new Map(
    instances.flatMap((instance) => {
      const detection = result.value.get(instance.key);
      return detection === undefined ? [] : [[instance, detection] as const];
    }),
  );
  return { detections, blind: blindSpots(style, detections) };
};

/** A style that cannot look does not make us forget what we launched ourselves: the record speaks for itself. */
const recordedOr = (
  otherwise: Observation['detection'],
  instance: Instance,
  look: ObserveOptions['look'],
): Observation['detection'] => {
  const sighting = ownUnit(instance, look)?.sighting ?? null;
  return sighting === null ? otherwise : { seen: 'running', sightings: [sighting] };
};

const blindSpots = (style: string, detections: DetectionsByInstance['detections']): readonly Blind[] => {
  const unavailable = [...detections].flatMap(([{ key }, detection]) =>
    detection.seen === 'unavailable' ? [{ key, reason: detection.reason }] : [],
  );
  if (unavailable.length === 0) return [];
  const reasons = [...new Set(unavailable.map(({ reason }) => reason))];
  return [{ style, reason: reasons.join('; '), keys: unavailable.map(({ key }) => key) }];
};

/** What the styles find of servers that nobody declared. */
export const discoverAll = async ({
  styles,
  look,
  signal,
}: ObserveOptions): Promise<{
  readonly found: readonly ForeignServer[];
  readonly blind: readonly Blind[];
}> => {
  const answers = await Promise.all(
    [...styles].map(async ([style, loaded]) => {
      if (loaded.style.discover === undefined) return { found: [], blind: [] };
      const discover = loaded.style.discover.bind(loaded.style);
      const result = await runHook({
        style,
        hook: 'discover',
        instance: null,
        signal,
        call: async (abort) => checkDiscoveries(await discover(lookFor([], look, abort))),
      });
      if (!result.ok) return { found: [], blind: [{ style, reason: result.error.message, keys: [] }] };
      const found = result.value.flatMap(({ name, sighting }): ForeignServer[] => {
        const unit = sighting.main === null ? null : unitOfProcess(sighting.main.pid, look);
        return mergeSightings([{ ...sighting, style }], look).map((seen) => ({ style, name, seen, unit }));
      });
      return { found, blind: [] };
    }),
  );
  return {
    found: answers.flatMap(({ found }) => found),
    blind: answers.flatMap(({ blind }) => blind),
  };
};
