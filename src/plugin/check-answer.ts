import type { InstanceKey } from '../model/key.js';
import type { Detection, Detections, Discovery, Evidence, Sighting } from '../model/sighting.js';

/** More than any real server has; a style that exceeds it is broken, and its answer would drown the others'. */
const limits = { sightings: 100, evidence: 50, text: 4_000, discoveries: 5_000 };

/**
 * Holds a style's answer against the contract before anyone builds on it.
 * @throws {TypeError} naming what is wrong with it; the hook runner makes one failed observation of that.
 */
export const checkDetections = (answer: unknown, keys: readonly InstanceKey[]): Detections => {
  if (!isMapLike(answer)) throw new TypeError('detect must resolve to a Map from instance key to detection');
  const checked = new Map<InstanceKey, Detection>();
  for (const key of keys) {
    const detection = answer.get(key) as Detection | undefined;
    checked.set(
      key,
      detection === undefined
        ? { seen: 'unavailable', reason: 'the style gave no answer about it' }
        : checkDetection(detection, key),
    );
  }
  return checked;
};

const isMapLike = (value: unknown): value is ReadonlyMap<string, unknown> =>
  typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function';

const checkDetection = (detection: Detection, key: InstanceKey): Detection => {
  switch (detection.seen) {
    case 'running':
      if (!Array.isArray(detection.sightings) || detection.sightings.length === 0)
        throw new TypeError(`detect says ${key} is running and gives no sighting`);
      if (detection.sightings.length > limits.sightings)
        throw new TypeError(`detect gave ${detection.sightings.length} sightings of ${key}`);
      detection.sightings.forEach(checkSighting);
      return detection;
    case 'absent':
      checkEvidence(detection.evidence);
      return detection;
    case 'unavailable':
      return { seen: 'unavailable', reason: String(detection.reason).slice(0, limits.text) };
    default:
      throw new TypeError(`detect answered ${JSON.stringify(detection)} about ${key}`);
  }
};

export const checkSighting = (sighting: Sighting): void => {
  checkEvidence(sighting.evidence);
  if (sighting.evidence.length === 0) throw new TypeError('a sighting needs at least one piece of evidence');
  if (sighting.role === 'owner' && sighting.manager === null)
    throw new TypeError('an owner sighting must name its manager');
  if (sighting.main !== null && !(Number.isInteger(sighting.main.pid) && sighting.main.pid > 1))
    throw new TypeError(`a sighting names PID ${sighting.main.pid}`);
};

const checkEvidence = (evidence: readonly Evidence[]): void => {
  if (!Array.isArray(evidence)) throw new TypeError('evidence must be a list');
  if (evidence.length > limits.evidence) throw new TypeError(`${evidence.length} pieces of evidence`);
  for (const { source, text } of evidence) {
    if (typeof source !== 'string' || typeof text !== 'string' || text === '')
      throw new TypeError('a piece of evidence has a source and a text');
    if (text.length > limits.text) throw new TypeError('a piece of evidence is a sentence, not a file');
  }
};

export const checkDiscoveries = (answer: unknown): readonly Discovery[] => {
  if (!Array.isArray(answer)) throw new TypeError('discover must resolve to a list');
  if (answer.length > limits.discoveries) throw new TypeError(`discover gave ${answer.length} servers`);
  const discoveries = answer as readonly Discovery[];
  for (const { sighting } of discoveries) checkSighting(sighting);
  return discoveries;
};
