import daemonManaged from '../../../plugins/daemon-managed/index.js';
import type { Instance, Server } from '../../../src/model/server.js';
import type { Detection } from '../../../src/model/sighting.js';
import {
  createFakeContext,
  createFakeHost,
  createLook,
  declareServer,
  instanceOf,
  type FakeHost,
  type FakeProcess,
} from '../../../src/testing/index.js';

export const pid = 4_100_001;
export const port = 8765;
export const file = '/run/user/1000/relay.pid';

export const relay = (changes: Partial<Server> = {}): Server =>
  declareServer({
    style: 'daemon-managed',
    name: 'relay',
    command: { argv: ['python3', '/srv/app/relay.py'] },
    script: '/srv/app/relay.py',
    port: { kind: 'fixed', port, spread: true },
    pidFile: [file],
    ...changes,
  });

/** A host with the relay running as it should. */
export const running = (process: FakeProcess = {}): FakeHost => {
  const host = createFakeHost();
  host.process({ pid, argv: ['python3', '/srv/app/relay.py'], listen: [{ port }], ...process });
  return host;
};

export const styleOn = (host: FakeHost, options?: { places: readonly string[] }) =>
  daemonManaged.create(options, host);

export const detectOn = async (
  host: FakeHost,
  instance: Instance = instanceOf(relay()),
): Promise<Detection> => {
  const found = (await styleOn(host).detect([instance], createLook(host))).get(instance.key);
  if (found === undefined) throw new Error('no answer');
  return found;
};

export const contextOn = (host: FakeHost) => createFakeContext(host, createLook(host));

/** Verdicts of the PID files of an instance that does not run. */
export const verdictsOn = async (host: FakeHost, instance?: Instance): Promise<readonly string[]> => {
  const found = await detectOn(host, instance);
  return found.seen === 'absent' ? (found.pidFiles ?? []).map(({ verdict }) => verdict) : [found.seen];
};
