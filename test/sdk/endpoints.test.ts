import { request } from 'node:http';
import test from 'ava';
import { json, startManaged, startProgram } from './program.js';

for (const kind of ['http', 'express', 'fastify', 'socket', 'standalone', 'later'])
  test(`${kind}: health on the server's own port, and the rest is the application's`, async (t) => {
    const server = await startManaged(t, kind, { name: 'web', version: '1.4.0' });
    const health = await json(`${server.url}/health?verbose=1`);
    t.like(health, {
      status: 'healthy',
      manager: 'mpm-io',
      name: 'web',
      version: '1.4.0',
      pid: server.pid,
      port: server.port,
      clients_connected: health['clients_connected'],
      shutdown: '/shutdown',
      reasons: [],
    });
    t.regex(String(health['server_id']), /^web-[0-9a-f]{8}$/);
    t.true(Number(health['uptime_seconds']) >= 0);
    t.false(Number.isNaN(Date.parse(String(health['start_time']))));
    t.is((await fetch(`${server.url}/ready`)).status, 200);
    t.is((await fetch(`${server.url}/healthy`)).status, 404);
    t.is((await fetch(`${server.url}/health/`)).status, 404);
    t.is((await fetch(`${server.url}/health`, { method: 'DELETE' })).status, 404);
    if (['http', 'express', 'fastify', 'socket'].includes(kind))
      t.is(await (await fetch(server.url)).text(), 'home');
    const stats = await json(`${server.url}/stats`);
    t.like(stats, {
      server: { name: 'web', pid: server.pid },
      shutdown: { offered: true, path: '/shutdown' },
    });
    t.true(Number((stats['memory'] as Record<string, number>)['rss']) > 1_000_000);
  });

test('HEAD answers the same headers and no body, and no page of another origin may read', async (t) => {
  const server = await startManaged(t, 'http');
  const head = await fetch(`${server.url}/version`, {
    method: 'HEAD',
    headers: { origin: 'http://evil.example' },
  });
  const get = await fetch(`${server.url}/version`, { headers: { origin: 'http://evil.example' } });
  t.is(head.status, 200);
  t.is(head.headers.get('content-length'), get.headers.get('content-length'));
  t.is(await head.text(), '');
  t.is(get.headers.get('access-control-allow-origin'), null);
  t.is(get.headers.get('cache-control'), 'no-store');
});

test('the compatibility check compares numbers and refuses what it cannot read', async (t) => {
  const server = await startManaged(t, 'express', { version: '2.0.0', minClient: '0.9.0', maxClient: '2' });
  const post = (body: string): Promise<Response> =>
    fetch(`${server.url}/compatibility`, { method: 'POST', body });
  t.like(await json(`${server.url}/version?client=0.10.0`), { compatible: true, server_version: '2.0.0' });
  t.like(await json(`${server.url}/version?client=0.8.0`), { compatible: false });
  t.is((await fetch(`${server.url}/version?client=new`)).status, 400);
  const fits = await post('{"client_version": "0.10.0"}');
  t.is(fits.status, 200);
  t.like(await fits.json(), { compatible: true, client_version: '0.10.0', min_client: '0.9.0' });
  for (const body of ['', '{', '[]', 'null', '{"client_version": 3}', '{"client_version": "x"}'])
    t.is((await post(body)).status, 400, body);
  t.is((await post(`{"client_version": "${'1'.repeat(20_000)}"}`)).status, 413);
});

test('paths can be moved and turned off', async (t) => {
  const server = await startManaged(t, 'http', {
    prefix: '/_mpm/',
    paths: { stats: null, health: '/alive' },
  });
  t.is((await fetch(`${server.url}/_mpm/alive`)).status, 200);
  t.is((await fetch(`${server.url}/health`)).status, 404);
  t.is((await fetch(`${server.url}/_mpm/stats`)).status, 404);
  t.is((await fetch(`${server.url}/_mpm/version`)).status, 200);
});

test('under mpm-io name and id are the declared ones, so a restart keeps them', async (t) => {
  const server = await startManaged(t, 'http', {}, { MPM_IO_NAME: 'chat', MPM_IO_INSTANCE: '1' });
  t.like(await json(`${server.url}/health`), { name: 'chat', server_id: 'chat:1' });
});

test('ready by hand: running but not ready until it says so', async (t) => {
  const server = await startManaged(t, 'http', { ready: 'manual' });
  t.like(await json(`${server.url}/health`), { status: 'starting' });
  const answer = await fetch(`${server.url}/ready`);
  t.is(answer.status, 503);
  t.deepEqual(await answer.json(), { ready: false, reason: 'starting' });
});

test('a request for a whole URL, as a proxy sends it, is the application’s', async (t) => {
  const server = await startManaged(t, 'http');
  const status = await new Promise((resolve, reject) => {
    request({ port: server.port, path: 'http://other.example/health' }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
  t.is(status, 404);
});

for (const how of ['require', 'import'])
  test(`a CommonJS program can ${how} it`, async (t) => {
    const server = await startProgram(t, 'test/fixtures/sdk/requires-sdk.cjs', [how]);
    t.like(await json(`${server.url}/health`), { name: 'common', pid: server.pid });
    server.kill('SIGTERM');
    t.deepEqual(await server.exit, { code: 0, signal: null });
  });
