import test from 'ava';
import httpManaged from '../../../plugins/http-managed/index.js';
import { httpUnit } from '../../../plugins/http-managed/unit.js';
import { createFakeHost, instanceOf } from '../../../src/testing/index.js';
import { detectOn, pid, port, serving, sightOn, textOf, webServer } from './rig.js';

const validate = async (value: unknown) => httpManaged.serverOptions?.['~standard'].validate(value);
const command = { command: { argv: ['node', 'x.js'] } };

test('every option is accepted as documented', async (t) => {
  const result = await validate({
    healthPath: ['/healthz', 'http://localhost:{port}/h'],
    signature: { 'app.name': 'chat', tier: ['a', 'b'] },
    id: 'blue-{instance}',
    fields: { pid: 'process.id', uptime: { path: 'up', unit: 'ms' }, status: 'state' },
    stats: false,
    version: '/v',
    shutdown: { path: '/stop', method: 'POST', tokenFile: 'secret' },
    dialect: 'claude-mpm-daemon',
  });
  t.is(result?.issues, undefined);
});

for (const [value, path, words] of [
  [{ helthPath: '/x' }, 'helthPath', 'did you mean healthPath'],
  [{ nonsense: 1 }, 'nonsense', 'unknown key'],
  [{ healthPath: 'health' }, 'healthPath', 'begins with /'],
  [{ healthPath: [] }, 'healthPath', 'list'],
  [{ signature: {} }, 'signature', 'must name'],
  [{ signature: { a: {} } }, 'signature', 'must name'],
  [{ id: 7 }, 'id', 'text'],
  [{ fields: { pids: 'x' } }, 'fields', 'pids unknown key'],
  [{ fields: { uptime: { path: 'u', unit: 'h' } } }, 'fields', 'uptime'],
  [{ stats: true }, 'stats', 'path'],
  [{ shutdown: {} }, 'shutdown', 'path is missing'],
  [{ dialect: 'klingon' }, 'dialect', 'must be one of'],
] as const) {
  test(`${JSON.stringify(value)} is refused, naming ${path}`, async (t) => {
    const result = await validate(value);
    const [issue] = result?.issues ?? [];
    t.deepEqual(issue?.path, [path]);
    t.true(issue?.message.includes(words), issue?.message);
  });
}

test('an id that differs is another server: absent, and told', async (t) => {
  const body = { status: 'healthy', server_id: 'green', pid };
  const instance = instanceOf(webServer({ options: { id: 'blue' } }));
  const found = await detectOn(serving({ body }), instance);
  t.is(found.seen, 'absent');
  t.regex(textOf(found), /is another server: its server_id is .*green.*, not blue/);
  const right = await sightOn(serving({ body: { ...body, server_id: 'blue' } }), instance);
  t.true(right.proven);
});

test('a signature makes any JSON object a health answer, and proves it', async (t) => {
  const server = webServer({ options: { signature: { 'app.name': ['chat', 'talk'] } } });
  const seen = await sightOn(serving({ body: { app: { name: 'talk' } } }), instanceOf(server));
  t.deepEqual([seen.proven, seen.ready], [true, true]);
});

test('fields say where things stand', async (t) => {
  const fields = {
    pid: 'process.id',
    version: 'v',
    uptime: { path: 'up', unit: 'ms' },
    clients: 'n',
    status: 'state',
  };
  const body = { process: { id: pid }, v: 3, up: 5000, n: 7, state: 'ok', name: 'x' };
  const { claims } = await sightOn(serving({ body }), instanceOf(webServer({ options: { fields } })));
  t.like(claims, { pid, version: '3', uptimeMs: 5000, clients: 7, status: 'ok' });
});

test('a forced dialect refuses another and proves the right one', async (t) => {
  const host = serving({ body: { status: 'healthy', server: 'claude-mpm-python-socketio' } });
  t.true((await sightOn(host, instanceOf(webServer({ options: { dialect: 'claude-mpm-daemon' } })))).proven);
  t.is((await detectOn(host, instanceOf(webServer({ options: { dialect: 'mpm-io' } })))).seen, 'absent');
});

test('health paths are asked side by side, and the first that tells something counts', async (t) => {
  const host = serving({ status: 404 });
  host.answer(`http://127.0.0.1:${port}/healthz`, { body: { status: 'ok' } });
  const server = webServer({ options: { healthPath: ['/health', '/healthz'] } });
  t.true((await sightOn(host, instanceOf(server))).ready);
});

test('a declared probe is what is asked, and what it expects makes it ready', async (t) => {
  const host = createFakeHost();
  host.process({ pid, listen: [{ port }] });
  host.answer(`http://127.0.0.1:${port}/live`, { body: { status: 'ok', db: 'down' } });
  const base = webServer();
  const probe = { kind: 'http', url: '/live', expect: [{ path: 'db', oneOf: ['up'] }] } as const;
  const seen = await sightOn(host, instanceOf(webServer({ ready: { ...base.ready, probe } })));
  t.deepEqual([seen.ready, seen.reason], [false, 'its db is "down", not up']);
});

test('the unit is ready by its health answer where nothing else is declared', (t) => {
  const unit = httpUnit(webServer({ ...command, options: { id: 'blue-{instance}' } }), 1);
  t.like(unit.ready.probe, { kind: 'http', url: '/health' });
  const expected = unit.ready.probe?.kind === 'http' ? unit.ready.probe.expect : [];
  t.deepEqual(expected?.[0], { path: 'server_id', oneOf: ['blue-1'] });
  t.true(expected?.[1]?.oneOf.includes('healthy') && !expected[1].oneOf.includes('starting'));
  t.deepEqual(unit.health?.probe, unit.ready.probe);
});

test('the unit keeps what is declared: probes, ranges, steps', (t) => {
  const base = webServer();
  const probe = { kind: 'tcp', host: null, port: '{port}' } as const;
  const range = { kind: 'range', from: 8765, to: 8769 } as const;
  const server = webServer({
    ...command,
    port: range,
    ready: { ...base.ready, probe },
    options: { shutdown: { path: '/bye' } },
  });
  const unit = httpUnit(server, 0);
  t.deepEqual([unit.ready.probe, unit.port], [probe, range]);
  t.like(unit.stop.steps[0], { kind: 'http', method: 'POST', url: '/bye' });
  t.is(unit.stop.steps[1]?.kind, 'signal');
  const secret = httpUnit({ ...server, options: { shutdown: { path: '/bye', tokenFile: 'secret' } } }, 0);
  t.like(secret.stop.steps[0], { token: '/srv/app/secret' });
});
