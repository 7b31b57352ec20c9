import httpManaged from '../../../plugins/http-managed/index.js';
import type { Instance, Server } from '../../../src/model/server.js';
import type { Detection, Sighting } from '../../../src/model/sighting.js';
import {
  createFakeContext,
  createFakeHost,
  createLook,
  declareServer,
  instanceOf,
  type FakeAnswer,
  type FakeHost,
  type FakeProcess,
  type LookOptions,
} from '../../../src/testing/index.js';

export const port = 8765;
export const pid = 4_100_001;

export const webServer = (changes: Partial<Server> = {}): Server =>
  declareServer({
    style: 'http-managed',
    command: null,
    script: null,
    port: { kind: 'fixed', port, spread: true },
    ...changes,
  });

/** A host with one process that listens on the port and answers so. */
export const serving = (answer: FakeAnswer, process: FakeProcess = {}): FakeHost => {
  const host = createFakeHost();
  host.process({ pid, argv: ['python3', '-m', 'server'], listen: [{ port }], ...process });
  host.answer(`http://127.0.0.1:${port}/health`, answer);
  return host;
};

export const styleOn = (host: FakeHost) => httpManaged.create(undefined, host);

export const detectOn = async (
  host: FakeHost,
  instance: Instance = instanceOf(webServer()),
  options: LookOptions = {},
): Promise<Detection> => {
  const answers = await styleOn(host).detect([instance], createLook(host, options));
  const found = answers.get(instance.key);
  if (found === undefined) throw new Error('no answer');
  return found;
};

/** The only sighting of the only instance. */
export const sightOn = async (
  host: FakeHost,
  instance?: Instance,
  options?: LookOptions,
): Promise<Sighting> => {
  const found = await detectOn(host, instance, options);
  if (found.seen !== 'running') throw new Error(`not running: ${JSON.stringify(found)}`);
  return found.sightings[found.sightings.length - 1] ?? found.sightings[0];
};

export const contextOn = (host: FakeHost, options: LookOptions = {}) =>
  createFakeContext(host, createLook(host, options));

export const textOf = (detection: Detection): string => JSON.stringify(detection);
