import { join } from 'node:path';
import test from 'ava';
import { configs, readFixture, readServerWith, readValue } from './rig.js';

test('a name alone is a server that is observed', async (t) => {
  const { server, draft } = await readServerWith(t, {});
  t.is(server.key, 'default/web');
  t.is(server.style, 'supervised');
  t.is(server.command, null);
  t.is(server.cwd, server.folder);
  t.deepEqual(server.restart, {
    policy: 'always',
    maxRestarts: 10,
    window: 60_000,
    minUptime: 1000,
    backoff: { first: 0, min: 100, max: 15_000, factor: 2 },
    exitCodes: [],
  });
  t.deepEqual(server.stop, {
    steps: [{ kind: 'signal', signal: 'SIGTERM', to: 'tree', wait: 10_000 }],
    leaveTree: false,
  });
  t.deepEqual(server.ready, {
    probe: null,
    interval: 250,
    timeout: 30_000,
    probeTimeout: 2000,
    startPeriod: 0,
    anyOwner: false,
  });
  t.deepEqual(server.health, { probe: null, interval: 10_000, timeout: 2000, retries: 3, restart: 0 });
  t.deepEqual(
    [server.logs.maxSize, server.logs.keep, server.instances, server.autostart],
    [10 * 1024 ** 2, 5, 1, true],
  );
  t.deepEqual(server.supervisorOnly, []);
  t.deepEqual(draft.warnings, []);
});

test('every key is honoured or told', async (t) => {
  const draft = await readFixture('all-keys.json');
  t.deepEqual(draft.problems, []);
  const web = draft.servers[1];
  const at = (path: string): string => join(configs, path);
  t.is(web?.key, 'shop/web');
  t.deepEqual(web?.command, {
    argv: ['/opt/node', '--max-old-space-size=100', at('server.js'), '--color', '3'],
  });
  t.is(web?.script, at('server.js'));
  t.deepEqual(web?.env, { A: '1', N: '2', B: 'true' });
  t.deepEqual(web?.envFiles, [at('.env')]);
  t.deepEqual(
    [web?.cwd, web?.socket, web?.user, web?.umask, web?.nice],
    [at('app'), at('run/web.sock'), 'www', 0o027, 5],
  );
  t.deepEqual(web?.port, { kind: 'fixed', port: 3000, spread: true });
  t.deepEqual(web?.dependsOn, ['default/migrate']);
  t.deepEqual(web?.waitFor, [
    { kind: 'tcp', host: '127.0.0.1', port: 5432 },
    { kind: 'http', url: 'http://127.0.0.1:9200/ok' },
  ]);
  const probe = {
    kind: 'http' as const,
    url: '/ready',
    expect: [
      { path: 'status', oneOf: ['ok', 'up'] },
      { path: 'n', oneOf: ['1'] },
    ],
  };
  t.deepEqual(web?.ready, {
    probe,
    interval: 1000,
    timeout: 60_000,
    probeTimeout: 2000,
    startPeriod: 500,
    anyOwner: true,
  });
  t.deepEqual(web?.health, {
    probe,
    probeOfReady: true,
    interval: 5000,
    timeout: 1000,
    retries: 2,
    restart: 4,
  });
  t.deepEqual(web?.stop, {
    steps: [
      { kind: 'http', method: 'POST', url: '/shutdown', wait: 3000 },
      { kind: 'message', wait: 3000 },
      { kind: 'exec', command: { shell: 'echo {pid}' }, wait: 3000 },
      { kind: 'signal', signal: 'SIGINT', to: 'main', wait: 3000 },
    ],
    leaveTree: true,
  });
  t.deepEqual(web?.logs, {
    out: at('logs/out.log'),
    err: '/dev/null',
    combined: null,
    merge: true,
    json: true,
    timestamps: 'HH:mm',
    maxSize: 1024 ** 2,
    maxAge: 86_400_000,
    keep: 2,
  });
  t.deepEqual(web?.limits, { memory: 500 * 1024 ** 2, nofile: 4096 });
  t.deepEqual(web?.watch?.paths, [at('src')]);
  t.true(web?.watch?.ignore.includes('tmp') && web.watch.ignore.includes(at('logs/out.log')));
  t.deepEqual(web?.pidFile, ['/home/me/run/{name}.pid', at('run/{port}.pid')]);
  t.deepEqual([...(web?.supervisorOnly ?? [])].toSorted(), [
    'cron',
    'health.restart',
    'hooks',
    'limits.memory',
    'logs.json',
    'logs.keep',
    'logs.maxAge',
    'logs.maxSize',
    'logs.timestamps',
    'reload',
    'restart.backoff',
    'restart.exitCodes',
    'restart.maxRestarts',
    'restart.minUptime',
    'restart.policy',
    'restart.window',
    'stdin',
    'stop.message',
    'tls',
    'watch',
  ]);
  const keys = draft.keys.filter(({ server }) => server === 'shop/web');
  t.is(keys.find(({ key }) => key === 'cron')?.verdict, 'supervisor');
  t.is(keys.find(({ key }) => key === 'stop.signal')?.verdict, 'honoured');
  t.deepEqual(
    draft.plugins.map(({ specifier, options, path, line }) => [specifier, options, path, line]),
    [
      ['./my-style.js', undefined, 'plugins[0]', 3],
      ['pkg-style', { a: 1 }, 'plugins[1]', 3],
      ['@scope/style', { b: true }, 'plugins[2]', 3],
    ],
  );
  t.deepEqual(draft.servers[0]?.command, { argv: ['node', 'migrate.js', '--to', 'latest'] });
  t.is(draft.servers[0]?.restart.policy, 'never');
});

test('a key for the supervisor is told once for all its servers', async (t) => {
  const draft = await readValue(t, {
    servers: ['a', 'b'].map((name) => ({ name, script: 'x.js', cron: '@daily' })),
  });
  t.is(draft.warnings.length, 1);
  t.like(draft.warnings[0], { kind: 'supervisor', key: 'cron', server: null, path: 'servers[0].cron' });
  t.regex(draft.warnings[0]?.message ?? '', /cron \(a, b\)/);
  t.deepEqual(
    draft.servers.map(({ supervisorOnly }) => supervisorOnly),
    [['cron'], ['cron']],
  );
});

test('values that restate a default are quiet', async (t) => {
  const { server, draft } = await readServerWith(t, {
    watch: false,
    restart: { policy: 'always', maxRestarts: 10, window: '1m' },
    logs: { maxSize: '10M', keep: 5, timestamps: false },
    health: { restart: 0 },
    reload: 'restart',
    stdin: false,
  });
  t.deepEqual([server.supervisorOnly, draft.warnings], [[], []]);
});

test('--env chooses a block by either spelling', async (t) => {
  const keys = { env: { A: '1', B: '1' }, env_production: { A: '2' }, environments: { test: { A: '3' } } };
  const { server, draft: plain } = await readServerWith(t, keys);
  t.deepEqual(server.env, { A: '1', B: '1' });
  t.true(plain.keys.some(({ key, verdict }) => key === 'env_production' && verdict === 'honoured'));
  t.deepEqual((await readServerWith(t, keys, { envName: 'production' })).server.env, { A: '2', B: '1' });
  t.deepEqual((await readServerWith(t, keys, { envName: 'test' })).server.env, { A: '3', B: '1' });
  const { draft } = await readServerWith(t, keys, { envName: 'producton' });
  t.regex(draft.warnings[0]?.message ?? '', /did you mean "production"/);
});

test('a ready probe that can be asked again is the health probe', async (t) => {
  const probeOf = async (keys: Readonly<Record<string, unknown>>) =>
    (await readServerWith(t, { port: 3000, ...keys })).server.health?.probe;
  t.deepEqual(await probeOf({ ready: { http: '/ok' } }), { kind: 'http', url: '/ok' });
  t.is(await probeOf({ ready: { log: '/listening/i' } }), null);
  t.is(await probeOf({ ready: { http: '/ok' }, health: false }), undefined);
  t.deepEqual(await probeOf({ ready: { http: '/ok' }, health: { tcp: 80 } }), {
    kind: 'tcp',
    host: null,
    port: 80,
  });
});

test('each probe has its shape', async (t) => {
  const ready = async (probe: unknown) =>
    (await readServerWith(t, { port: 3000, ready: probe })).server.ready.probe;
  t.deepEqual(await ready({ tcp: true }), { kind: 'tcp', host: null, port: '{port}' });
  t.deepEqual(await ready({ tcp: '[::1]:80' }), { kind: 'tcp', host: '::1', port: 80 });
  t.deepEqual(await ready({ log: '/up on \\d+/i' }), {
    kind: 'log',
    pattern: String.raw`up on \d+`,
    flags: 'i',
  });
  t.deepEqual(await ready({ exec: ['check', 1] }), { kind: 'exec', command: { argv: ['check', '1'] } });
  t.deepEqual(await ready({ delay: '2s' }), { kind: 'delay', ms: 2000 });
  t.deepEqual(await ready({ message: true }), { kind: 'message' });
  t.deepEqual(await ready({ notify: true }), { kind: 'notify' });
  t.deepEqual(await ready({ http: 'http://127.0.0.1:{port}/x' }), {
    kind: 'http',
    url: 'http://127.0.0.1:{port}/x',
  });
});

test('retries of ready are counted as time, and that is told', async (t) => {
  const { server, draft } = await readServerWith(t, {
    port: 3000,
    ready: { http: '/', retries: 5, interval: '2s', startPeriod: '1s' },
  });
  t.is(server.ready.timeout, 11_000);
  t.like(draft.warnings[0], { kind: 'differs', key: 'ready.retries' });
});

test('dependencies are found in the own namespace first', async (t) => {
  const draft = await readValue(t, {
    servers: [
      { name: 'db' },
      { name: 'db', namespace: 'a' },
      { name: 'web', namespace: 'a', dependsOn: ['db', 'default/db', 'cache'] },
      { name: 'cache', namespace: 'b' },
    ],
  });
  t.deepEqual(draft.problems, []);
  t.deepEqual(draft.servers[2]?.dependsOn, ['a/db', 'default/db', 'b/cache']);
});

test('instances may be one per CPU, and a range is kept', async (t) => {
  const { server } = await readServerWith(t, { instances: 'max', port: { from: 3000, to: 3009 } });
  t.is(server.instances, 4);
  t.deepEqual(server.port, { kind: 'range', from: 3000, to: 3009 });
});

test('keys of the style are left as they are', async (t) => {
  const { server } = await readServerWith(t, { style: 'x', signature: { a: [1] } });
  t.deepEqual(server.options, { signature: { a: [1] } });
});
