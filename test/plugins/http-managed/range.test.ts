import test from 'ava';
import {
  createFakeHost,
  createLook,
  instanceOf,
  recordedUnit,
  type FakeHost,
} from '../../../src/testing/index.js';
import type { Server } from '../../../src/model/server.js';
import { unitOf } from '../../../src/plugin/index.js';
import { styleOn, webServer } from './rig.js';

const range = (changes: Partial<Server> = {}): Server =>
  webServer({ port: { kind: 'range', from: 8765, to: 8769 }, instances: 2, ...changes });

const serve = (host: FakeHost, port: number, body: object | 'hang'): void => {
  host.process({ pid: 4_100_000 + port, listen: [{ port }] });
  host.answer(`http://127.0.0.1:${port}/health`, body === 'hang' ? 'hang' : { body });
};

const socketio = (id: string, port: number) => ({ status: 'healthy', server_id: id, pid: 4_100_000 + port });

const portsOn = async (host: FakeHost, servers: readonly Server[], units = new Map()) => {
  const instances = servers.flatMap((server) =>
    Array.from({ length: server.instances }, (_, index) => instanceOf(server, index)),
  );
  const found = await styleOn(host).detect(instances, createLook(host, { units }));
  return instances.map(({ key }) => {
    const answer = found.get(key);
    if (answer?.seen !== 'running') return answer?.seen;
    const [endpoint] = answer.sightings[0].endpoints;
    return endpoint?.kind === 'tcp' ? endpoint.port : null;
  });
};

test('instances of a range have the ports of their places, and of what is left the lowest', async (t) => {
  const host = createFakeHost();
  for (const port of [8768, 8766, 8769]) serve(host, port, socketio(`s${port}`, port));
  t.deepEqual(await portsOn(host, [range()]), [8768, 8766]);
  t.deepEqual(await portsOn(host, [range({ instances: 3 })]), [8768, 8766, 8769]);
  const other = range({ name: 'other', key: 'default/other', instances: 1 });
  t.deepEqual(await portsOn(host, [range(), other]), [8769, 8766, 8768]);
});

test('who ends changes nobody else’s place, and the order of the question none', async (t) => {
  const host = createFakeHost();
  for (const port of [8766, 8767]) serve(host, port, socketio(`s${port}`, port));
  t.deepEqual(await portsOn(host, [range({ instances: 3 })]), ['absent', 8766, 8767]);
  const server = range({ instances: 3 });
  const instances = [2, 0, 1].map((index) => instanceOf(server, index));
  const found = await styleOn(host).detect(instances, createLook(host));
  t.is(found.get(instances[0]?.key ?? 'default/x:0')?.seen, 'running');
  t.is(found.get(instances[1]?.key ?? 'default/x:0')?.seen, 'absent');
});

test('a port that a stopped server had once is not its any more', async (t) => {
  const host = createFakeHost();
  serve(host, 8766, socketio('a', 8766));
  const stopped = webServer({ name: 'b', key: 'default/b', port: { kind: 'range', from: 8765, to: 8769 } });
  const a = range({ instances: 1, options: { dialect: 'claude-mpm-standalone' } });
  const instances = [instanceOf(a, 0), { ...instanceOf(stopped, 0), port: 8766 }];
  const found = await styleOn(host).detect(instances, createLook(host));
  t.deepEqual(
    instances.map(({ key }) => found.get(key)?.seen),
    ['running', 'absent'],
  );
});

test('an id finds its server wherever in the range it is', async (t) => {
  const host = createFakeHost();
  serve(host, 8766, socketio('blue-1', 8766));
  serve(host, 8768, socketio('blue-0', 8768));
  t.deepEqual(await portsOn(host, [range({ options: { id: 'blue-{instance}' } })]), [8768, 8766]);
});

test('a stranger in the range is not claimed', async (t) => {
  const host = createFakeHost();
  serve(host, 8765, { status: 'ok' });
  serve(host, 8767, 'hang');
  t.deepEqual(await portsOn(host, [range()]), ['absent', 'absent']);
});

test('silent ports of a range are not asked; those that listen are, side by side', async (t) => {
  const host = createFakeHost();
  for (const port of [8765, 8766, 8767]) serve(host, port, 'hang');
  await portsOn(host, [range()]);
  t.is(host.clock.monotonic(), 1000);
  t.is(host.requests.length, 3);
});

test('the port of a recorded instance is not taken for another', async (t) => {
  const host = createFakeHost();
  serve(host, 8766, socketio('a', 8766));
  const other = webServer({ name: 'other', key: 'default/other', command: { argv: ['x'] } });
  const main = host.processes.identify(4_100_000 + 8766);
  if (main === null) return t.fail();
  const units = new Map([['default/other:0', recordedUnit(unitOf(other, 0), main, 8766)]]);
  t.deepEqual(await portsOn(host, [range({ instances: 1 })], units), ['absent']);
});

test('a fixed port of another server is not taken by a range', async (t) => {
  const host = createFakeHost();
  serve(host, 8766, socketio('a', 8766));
  const fixed = webServer({
    name: 'fixed',
    key: 'default/fixed',
    port: { kind: 'fixed', port: 8766, spread: true },
  });
  t.deepEqual(await portsOn(host, [range({ instances: 1 }), fixed]), ['absent', 8766]);
});
