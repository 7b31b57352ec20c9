import test from 'ava';
import { createLook, instanceOf } from '../../../src/testing/index.js';
import { pid, port, serving, sightOn, styleOn, webServer } from './rig.js';

const standalone = {
  status: 'healthy',
  server_version: '1.0.0',
  server_id: 'socketio-4125dace',
  pid,
  uptime_seconds: 0.72,
  clients_connected: 3,
  port,
  host: 'localhost',
};
const daemon = { status: 'healthy', server: 'claude-mpm-python-socketio', port, clients_connected: 0 };
const monitor = {
  status: 'running',
  service: 'claude-mpm-monitor',
  version: '4.2.40',
  port,
  pid,
  uptime: 12,
};
const ours = {
  status: 'healthy',
  manager: 'mpm-io',
  name: 'web',
  server_id: 'web-0',
  pid,
  version: '2.1.0',
  uptime_seconds: 5,
  clients_connected: 1,
};

test('the standalone server: pid, id, version, uptime and clients are its claims', async (t) => {
  const { claims, ready, main, role, phase } = await sightOn(serving({ body: standalone }));
  t.deepEqual(claims, {
    pid,
    id: 'socketio-4125dace',
    version: '1.0.0',
    uptimeMs: 720,
    clients: 3,
    status: 'healthy',
    dialect: 'claude-mpm-standalone',
  });
  t.deepEqual([ready, main?.pid, role, phase], [true, pid, 'witness', 'running']);
});

test('the daemon names no PID: the holder of its port is it', async (t) => {
  const { claims, main, ready } = await sightOn(serving({ body: daemon }));
  t.is(claims?.pid, undefined);
  t.is(claims?.dialect, 'claude-mpm-daemon');
  t.deepEqual([main?.pid, ready], [pid, true]);
});

test('a daemon without PID on another port does not get the PID file of the base port', async (t) => {
  const host = serving({ body: daemon }, { listen: [{ port: 8766 }] });
  host.answer('http://127.0.0.1:8766/health', { body: { ...daemon, port: 8766 } });
  const other = host.process({ pid: 4_100_009, listen: [{ port }] });
  host.file('/home/tester/.claude-mpm/socketio-server.pid', String(other.pid));
  const instance = instanceOf(webServer({ port: { kind: 'fixed', port: 8766, spread: true } }));
  t.is((await sightOn(host, instance)).main?.pid, pid);
});

test('the monitor: uptime is in seconds', async (t) => {
  const { claims, ready } = await sightOn(serving({ body: monitor }));
  t.is(claims?.dialect, 'claude-mpm-monitor');
  t.deepEqual([claims?.uptimeMs, claims?.version, ready], [12_000, '4.2.40', true]);
});

test('our own SDK proves the server by its name', async (t) => {
  const named = await sightOn(serving({ body: ours }));
  t.deepEqual([named.claims?.dialect, named.proven], ['mpm-io', true]);
  const other = await sightOn(serving({ body: { ...ours, name: 'chat' } }));
  t.false(other.proven);
});

test('any JSON object with a status is a health answer, and proves nothing', async (t) => {
  const { claims, proven, ready } = await sightOn(serving({ body: { status: 'UP' } }));
  t.deepEqual([claims?.dialect, proven, ready], ['generic', false, true]);
});

for (const [status, ready, phase] of [
  ['healthy', true, 'running'],
  ['running', true, 'running'],
  ['ok', true, 'running'],
  ['starting', false, 'running'],
  ['degraded', false, 'running'],
  ['draining', false, 'stopping'],
] as const) {
  test(`status ${status}: ready ${ready}`, async (t) => {
    const seen = await sightOn(serving({ body: { ...standalone, status } }));
    t.deepEqual([seen.ready, seen.phase], [ready, phase]);
    t.is(seen.reason === undefined, ready);
  });
}

test('503 with a known answer is a server that is not ready', async (t) => {
  const seen = await sightOn(serving({ status: 503, body: { ...ours, status: 'starting' } }));
  t.deepEqual([seen.ready, seen.main?.pid], [false, pid]);
});

test('recognize names a server that nobody declared, in each dialect', async (t) => {
  for (const [body, name] of [
    [standalone, 'socketio-4125dace'],
    [daemon, 'claude-mpm-daemon'],
    [monitor, 'claude-mpm-monitor'],
    [ours, 'web'],
    [{ status: 'ok' }, `http-${port}`],
  ] as const) {
    const host = serving({ body });
    const look = createLook(host);
    const row = look.processes.rows.get(pid);
    const found = row === undefined ? null : await styleOn(host).recognize?.(row, look);
    t.is(found?.name, name);
    t.is(found?.sighting.main?.pid, pid);
    const [discovered] = (await styleOn(host).discover?.(look)) ?? [];
    t.is(discovered?.name, name);
  }
});

test('recognize looks only at the sockets of that process', async (t) => {
  const host = serving({ body: standalone });
  const child = host.process({ pid: 4_100_002, ppid: pid });
  const look = createLook(host);
  const row = look.processes.rows.get(child.pid);
  t.is(row === undefined ? undefined : await styleOn(host).recognize?.(row, look), null);
  t.is(host.requests.length, 0);
});

test('a PID in health that is of another tree does not make the discovery proven', async (t) => {
  const stranger = 4_100_077;
  const host = serving({ body: { ...standalone, pid: stranger } });
  host.process({ pid: stranger });
  const look = createLook(host);
  const [found] = (await styleOn(host).discover?.(look)) ?? [];
  t.deepEqual(
    [found?.sighting.main?.pid, found?.sighting.proven, found?.sighting.claims?.pid],
    [pid, false, stranger],
  );
});
