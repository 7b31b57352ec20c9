import test from 'ava';
import { instanceOf, recordedUnit } from '../../../src/testing/index.js';
import { unitOf } from '../../../src/plugin/index.js';
import { contextOn, pid, port, serving, sightOn, styleOn, webServer } from './rig.js';

const sdk = { status: 'healthy', manager: 'mpm-io', name: 'web', server_id: 'web-0', pid };
const tokenPath = `/home/tester/.mpm-io/tokens/${pid}.json`;
const command = { command: { argv: ['node', '/srv/app/x.js'] }, script: '/srv/app/x.js' };

const withToken = (changes: object = {}, file: object = {}) => {
  const host = serving({ body: sdk });
  const main = host.processes.identify(pid);
  const endpoints = [{ port, host: '127.0.0.1', socket: null, path: '/shutdown' }];
  const token = { ...main, port, path: '/shutdown', token: 'secret', endpoints, ...changes };
  host.file(tokenPath, JSON.stringify(token), { mode: 0o600, ...file });
  return host;
};

test('a server of the SDK is asked to shut down with its token before it is signalled', async (t) => {
  const host = withToken();
  const context = contextOn(host);
  const outcome = await styleOn(host).stop(instanceOf(webServer()), await sightOn(host), context);
  t.is(outcome.kind, 'stopped');
  const [target] = context.halted;
  t.is(target?.main.pid, pid);
  t.like(target?.stop.steps[0], {
    kind: 'http',
    method: 'POST',
    url: `http://127.0.0.1:${port}/shutdown`,
    token: 'secret',
  });
  t.like(target?.stop.steps[1], { kind: 'signal', signal: 'SIGTERM' });
});

for (const [what, changes, file] of [
  ['of another process with that PID', { start: 1 }, {}],
  ['that others can read', {}, { mode: 0o644 }],
  ['of another user', {}, { uid: 4242 }],
] as const) {
  test(`a token ${what} is not sent`, async (t) => {
    const host = withToken(changes, file);
    const context = contextOn(host);
    await styleOn(host).stop(instanceOf(webServer()), await sightOn(host), context);
    t.deepEqual(
      context.halted[0]?.stop.steps.map(({ kind }) => kind),
      ['signal'],
    );
  });
}

test('a declared shutdown is asked first, with the token in its file', async (t) => {
  const host = serving({ body: { status: 'ok' } });
  host.file('/srv/app/secret', ' abc \n');
  const shutdown = { path: '/bye', method: 'DELETE', tokenFile: 'secret' };
  const context = contextOn(host);
  const instance = instanceOf(webServer({ options: { shutdown } }));
  await styleOn(host).stop(instance, await sightOn(host, instance), context);
  t.like(context.halted[0]?.stop.steps[0], {
    method: 'DELETE',
    url: `http://127.0.0.1:${port}/bye`,
    token: 'abc',
  });
});

test('a recorded server is stopped as a unit', async (t) => {
  const host = serving({ body: sdk });
  const server = webServer(command);
  const instance = instanceOf(server);
  const main = host.processes.identify(pid);
  if (main === null) return t.fail();
  const units = new Map([[instance.key, recordedUnit(unitOf(server, 0), main, port)]]);
  const context = contextOn(host, { units });
  const outcome = await styleOn(host).stop(instance, await sightOn(host, instance, { units }), context);
  t.deepEqual([outcome.kind, context.stopped, context.halted.length], ['stopped', [instance.key], 0]);
});

test('what cannot be seen is refused, never signalled', async (t) => {
  const host = serving({ body: sdk }, { pid: 4_100_020, uid: 0 });
  const sighting = await sightOn(host);
  t.is(sighting.main, null);
  const outcome = await styleOn(host).stop(instanceOf(webServer()), sighting, contextOn(host));
  t.deepEqual([outcome.kind, host.signals.length], ['refused', 0]);
});

test('start keeps a server that is proved, whoever started it', async (t) => {
  const host = serving({ body: { status: 'ok' } }, { argv: ['node', 'x.js'], cwd: '/srv/app' });
  const context = contextOn(host);
  const outcome = await styleOn(host).start(instanceOf(webServer(command)), context);
  t.like(outcome, { kind: 'running', port, olderSpec: false });
  t.is(context.started.length, 0);
});

test('start leaves it to the launcher to refuse a port that an unproved server holds', async (t) => {
  const host = serving({ body: { status: 'ok' } });
  const context = contextOn(host);
  await styleOn(host).start(instanceOf(webServer(command)), context);
  t.is(context.started.length, 1);
});

test('start of a proved server that cannot be seen fails, and says who has to stop it', async (t) => {
  const host = serving({ body: sdk }, { pid: 4_100_020, uid: 0 });
  t.like(await styleOn(host).start(instanceOf(webServer(command)), contextOn(host)), {
    kind: 'failed',
    code: 'MPM_NOT_VISIBLE',
  });
});

test('a server without a command is not started', async (t) => {
  const host = serving('refused', { listen: [] });
  t.like(await styleOn(host).start(instanceOf(webServer()), contextOn(host)), { code: 'MPM_NO_COMMAND' });
});

test('info tells /stats and /version of its dialect, bounded; the figures of the process are the engine’s', async (t) => {
  const host = serving({ body: sdk });
  host.answer(`http://127.0.0.1:${port}/stats`, {
    body: { events: { total_processed: 3, deep: { a: { b: { c: 1 } } } }, list: [1] },
  });
  host.answer(`http://127.0.0.1:${port}/version`, { status: 404 });
  const lines = await styleOn(host).info(instanceOf(webServer()), await sightOn(host), contextOn(host));
  const of = (label: string) => lines.find((line) => line.label === label);
  t.like(of('events total processed'), { value: '3', raw: 3 });
  t.like(of('list'), { value: '[1]' });
  t.is(of('/version')?.value, 'answered 404');
  for (const label of ['pid', 'command', 'memory', 'threads']) t.is(of(label), undefined);
});
