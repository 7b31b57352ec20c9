/** `ready: {http}` of an http-managed server that declares no health: the start and the look agree. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ava from 'ava';
import { eventually, freePort, project, root } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const sdk = pathToFileURL(join(root, 'build/src/sdk/index.js')).href;
const managed = `import { createServer } from 'node:http';
import { manage } from '${sdk}';
const server = createServer((_request, response) => response.end('mine'));
const managed = manage(server, { ready: 'manual' });
server.listen(Number(process.env.PORT), '127.0.0.1');
setTimeout(() => managed.ready(), 300);
process.on('SIGUSR2', () => managed.notReady('reloading'));
`;
/** Answers each path as told: `{"/": [200, "OK"]}`. */
const plain = `import { createServer } from 'node:http';
const answers = JSON.parse(process.argv[2]);
let sick = false;
process.on('SIGUSR2', () => { sick = true; });
createServer((request, response) => {
  const [status, body] = sick ? [500, 'sick'] : answers[request.url] ?? [404, 'no'];
  response.writeHead(status).end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

const web = async (ready: unknown, more: object): Promise<Record<string, unknown>> => ({
  name: 'web',
  style: 'http-managed',
  port: await freePort(),
  host: '127.0.0.1',
  ready,
  stop: { timeout: '2s' },
  ...more,
});

test('a server with the SDK is ready by /ready, and well by /health', async (t) => {
  const declared = await web({ http: '/ready', timeout: '10s' }, { script: 'managed.mjs' });
  const { mpm, server: statusOf } = project(t, [declared], { 'managed.mjs': managed });
  const started = await mpm('start', 'web');
  t.is(started.code, 0, started.text);
  const row = await statusOf('web');
  t.like(row, { state: 'online', ready: true });
  t.is((await mpm('health', 'web')).code, 0);
  t.is((await mpm('wait', 'web', '--timeout', '5s')).code, 0);
  t.regex((await mpm('info', 'web')).stdout, /event loop|connections|heap/i);
  process.kill(row.pid, 'SIGUSR2');
  await eventually(async () => (await statusOf('web')).ready === false, 'it takes it back');
  t.is((await mpm('health', 'web')).code, 3);
});

for (const [what, ready, answers] of [
  ['a page', { http: '/' }, { '/': [200, 'OK'] }],
  ['JSON of any kind', { http: '/up' }, { '/up': [200, '[1]'] }],
  ['what it expects', { http: { url: '/up', expect: { db: 'up' } } }, { '/up': [200, '{"db":"up"}'] }],
  [
    'what it expects of /health',
    { http: { url: '/health', expect: { db: 'up' } } },
    { '/health': [200, '{"db":"up"}'] },
  ],
] as const)
  test(`ready by ${what}, without a health endpoint, is online afterwards too`, async (t) => {
    const declared = await web(
      { ...ready, timeout: '3s' },
      { script: 'plain.mjs', args: [JSON.stringify(answers)] },
    );
    const { mpm, server: statusOf } = project(t, [declared], { 'plain.mjs': plain });
    const started = await mpm('start', 'web');
    t.is(started.code, 0, started.text);
    const row = await statusOf('web');
    t.like(row, { state: 'online', ready: true });
    t.is((await mpm('health', 'web')).code, 0);
    t.is((await mpm('status')).code, 0);
    process.kill(row.pid, 'SIGUSR2');
    await eventually(async () => (await statusOf('web')).ready === false, 'it is seen to be sick');
    t.regex((await statusOf('web')).reason, /500/);
    t.is((await mpm('health', 'web')).code, 3);
  });

test('a page in place of the health answer is not ready, whoever declares its path', async (t) => {
  const answers = JSON.stringify({ '/health': [200, '<h1>hi</h1>'], '/alive': [200, '[1]'] });
  for (const [ready, more] of [
    [{ http: '/health' }, {}],
    [{ http: '/alive' }, { health: { http: '/alive' } }],
    [{ http: '/alive' }, { healthPath: '/alive' }],
  ] as const) {
    const declared = await web(
      { ...ready, timeout: '1s' },
      { script: 'plain.mjs', args: [answers], ...more },
    );
    const { mpm } = project(t, [declared], { 'plain.mjs': plain });
    const started = await mpm('start', 'web');
    t.is(started.code, 1, started.text);
    t.regex(started.text, /says no status|is not JSON/);
  }
});
