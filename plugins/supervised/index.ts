import {
  definePlugin,
  unitOf,
  type Context,
  type Detection,
  type Detections,
  type Instance,
  type Look,
} from 'mpm-io/plugin';
import { notRunning, nothingToStart, refused } from '../seen/outcomes.js';
import { ownerOf, recognizeUnit, recordEvidence } from '../seen/unit-owner.js';

/** Any program, kept by us: it is known by its record alone. */
export default definePlugin({
  name: 'supervised',
  apiVersion: 1,
  instances: 'many',
  create: () => ({
    detect: (instances, look) => detect(instances, look),
    start: async ({ server, index }, context) =>
      server.command === null
        ? nothingToStart(server.name)
        : context.units.start(unitOf(server, index), context.start),
    stop: async (instance, _sighting, context) => stop(instance, context),
    // Of a program that says nothing of itself there is nothing to add to the figures of its process.
    info: async () => [],
    recognize: async (process, look) => recognizeUnit(process, look, 'supervised'),
    unit: unitOf,
  }),
});

const detect = async (instances: readonly Instance[], look: Look): Promise<Detections> =>
  new Map(instances.map((instance) => [instance.key, detectOne(instance, look)]));

const detectOne = (instance: Instance, look: Look): Detection => {
  try {
    const owner = ownerOf(instance.key, look);
    if (owner !== null) return { seen: 'running', sightings: [owner] };
    return { seen: 'absent', evidence: [{ source: 'record', text: recordEvidence(instance, look) }] };
  } catch (error) {
    return { seen: 'unavailable', reason: `the records cannot be read: ${String(error)}` };
  }
};

const stop = ({ key, server }: Instance, { look, units, stop: options }: Context) => {
  const view = look.units.get(key);
  if (view === undefined) return notRunning();
  if (view.record.spec.key !== key) return refused(`The record of ${server.name} names another server.`);
  return units.stop(key, options);
};
