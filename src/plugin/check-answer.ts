import type { InstanceKey } from '../model/key.js';
import type { Detection, Detections, Discovery, Evidence, Phase, Sighting } from '../model/sighting.js';
import type { StartOutcome, StopOutcome } from '../units/contract.js';
import type { InfoLine } from './contract.js';

/** More than any real server has; a style that exceeds it is broken, and its answer would drown the others'. */
const limits = { sightings: 100, evidence: 50, text: 4_000, discoveries: 5_000, lines: 500 };

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
      detection === undefined || detection === null
        ? { seen: 'unavailable', reason: 'the style gave no answer about it' }
        : checkDetection(detection, key),
    );
  }
  return checked;
};

const isMapLike = (value: unknown): value is ReadonlyMap<string, unknown> =>
  isObject(value) && typeof value['get'] === 'function';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

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
      throw new TypeError(`detect answered ${JSON.stringify(detection)?.slice(0, 200)} about ${key}`);
  }
};

const phases: readonly Phase[] = ['starting', 'running', 'stopping', 'failed', 'done', 'stopped'];

export const checkSighting = (sighting: Sighting): void => {
  if (!isObject(sighting)) throw new TypeError('a sighting is an object');
  const { evidence, role, manager, main, phase, endpoints, ready } = sighting;
  checkEvidence(evidence);
  if (evidence.length === 0) throw new TypeError('a sighting needs at least one piece of evidence');
  if (role !== 'owner' && role !== 'witness')
    throw new TypeError(`a sighting is of an owner or a witness, not ${JSON.stringify(role)}`);
  if (role === 'owner' && !isObject(manager)) throw new TypeError('an owner sighting must name its manager');
  if (!phases.includes(phase)) throw new TypeError(`a sighting has the phase ${JSON.stringify(phase)}`);
  if (ready !== null && typeof ready !== 'boolean')
    throw new TypeError('ready of a sighting is true, false, or null for "nobody asked"');
  if (!Array.isArray(endpoints)) throw new TypeError('endpoints of a sighting must be a list');
  if (main !== null && !(isObject(main) && Number.isInteger(main.pid) && main.pid > 1))
    throw new TypeError(`a sighting names PID ${isObject(main) ? String(main.pid) : String(main)}`);
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
  return answer.map((discovery: unknown) => {
    const checked = checkDiscovery(discovery);
    if (checked === null) throw new TypeError('discover gave an entry that is no discovery');
    return checked;
  });
};

export const checkDiscovery = (answer: unknown): Discovery | null => {
  if (answer === null || answer === undefined) return null;
  const { name, sighting } = answer as Discovery;
  if (typeof name !== 'string' || name === '' || name.length > 200)
    throw new TypeError('what a style recognises has a name');
  checkSighting(sighting);
  return answer as Discovery;
};

export const checkInfo = (answer: unknown): readonly InfoLine[] => {
  if (!Array.isArray(answer)) throw new TypeError('info must resolve to a list of lines');
  if (answer.length > limits.lines) throw new TypeError(`info gave ${answer.length} lines`);
  for (const line of answer as readonly unknown[]) {
    if (!isObject(line) || typeof line['label'] !== 'string' || typeof line['value'] !== 'string')
      throw new TypeError('a line of info has a label and a value, both texts');
    if (line['value'].length > limits.text)
      throw new TypeError(`the line ${line['label']} of info is too long`);
  }
  return answer as readonly InfoLine[];
};

const startKinds: readonly StartOutcome['kind'][] = [
  'ready',
  'spawned',
  'running',
  'done',
  'failed',
  'interrupted',
];

export const checkStart = (answer: unknown): StartOutcome => {
  if (!isObject(answer) || !startKinds.some((kind) => kind === answer['kind']))
    throw new TypeError(`start must resolve to an outcome, not ${JSON.stringify(answer)?.slice(0, 200)}`);
  const { kind } = answer;
  if ((kind === 'ready' || kind === 'running') && !isObject(answer['main']))
    throw new TypeError(`start says ${kind} and names no process`);
  const outcome = answer as StartOutcome;
  return outcome.kind === 'failed' && !Array.isArray(outcome.stderr) ? { ...outcome, stderr: [] } : outcome;
};

const stopKinds: readonly StopOutcome['kind'][] = ['stopped', 'not-running', 'survived', 'refused'];

export const checkStop = (answer: unknown): StopOutcome => {
  if (!isObject(answer) || !stopKinds.some((kind) => kind === answer['kind']))
    throw new TypeError(`stop must resolve to an outcome, not ${JSON.stringify(answer)?.slice(0, 200)}`);
  return {
    attempts: [],
    survivors: [],
    spared: [],
    message: null,
    ...(answer as Partial<StopOutcome>),
  } as StopOutcome;
};
