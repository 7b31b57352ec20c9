import { join } from 'node:path';
import test from 'ava';
import { problemsOf, readAppWith, configs, onlyServer, readFixture, readValue } from './rig.js';

test("pm2's defaults hold under apps", async (t) => {
  const { server, draft } = await readAppWith(t, {});
  t.deepEqual(server.stop, {
    steps: [{ kind: 'signal', signal: 'SIGINT', to: 'tree', wait: 1600 }],
    leaveTree: false,
  });
  t.like(server.restart, { policy: 'always', maxRestarts: 16, minUptime: 1000 });
  t.deepEqual(server.restart.backoff, { first: 0, min: 0, max: 0, factor: 1 });
  t.is(server.logs.maxSize, null);
  t.deepEqual([server.block, server.style, server.instances, server.port], ['apps', 'supervised', 1, null]);
  t.deepEqual(server.command, { argv: ['/opt/node', join(server.folder, 'a.js')] });
  t.deepEqual(draft.warnings, []);
});

test('every key of pm2 is honoured or told', async (t) => {
  const draft = await readFixture('every-pm2-key.json', { envName: 'production' });
  t.deepEqual(draft.problems, []);
  const server = onlyServer(draft);
  const at = (path: string): string => join(configs, path);
  t.is(server.key, 'shop/everything-production');
  t.deepEqual(server.command, {
    argv: ['/opt/node', '--enable-source-maps', '--trace-warnings', at('server.js'), '--name', 'a b', '-x'],
  });
  t.deepEqual(server.env, { NODE_ENV: 'production', PORT: '4000', FLAG: 'true', OBJECT: '{"a":1}' });
  t.deepEqual(server.port, { kind: 'fixed', port: 4000, spread: false });
  t.deepEqual(server.envFiles, [at('.env')]);
  t.deepEqual(server.filterEnv, ['SECRET']);
  t.deepEqual(
    [server.instances, server.user, server.limits.memory, server.cron],
    [2, '1000', 1024 ** 3, '0 0 * * *'],
  );
  t.deepEqual(server.restart, {
    policy: 'always',
    maxRestarts: 10,
    window: 100_000,
    minUptime: 10_000,
    backoff: { first: 100, min: 100, max: 15_000, factor: 1.5 },
    exitCodes: [0, 3],
  });
  t.deepEqual(server.stop, {
    steps: [
      { kind: 'message', wait: 5000 },
      { kind: 'signal', signal: 'SIGINT', to: 'main', wait: 5000 },
    ],
    leaveTree: true,
  });
  t.like(server.ready, { probe: { kind: 'message' }, timeout: 10_000 });
  t.deepEqual(server.logs, {
    out: '/dev/null',
    err: at('logs/err.log'),
    combined: at('logs/all.log'),
    merge: true,
    json: true,
    timestamps: 'YYYY-MM-DDTHH:mm:ss',
    maxSize: null,
    maxAge: null,
    keep: 5,
  });
  t.deepEqual(server.pidFile, [at('run/x.pid')]);
  t.deepEqual(server.watch?.paths, [at('.').replace(/\/$/, '')]);
  t.true(
    ['logs', '**/node_modules/**', at('logs/err.log')].every((path) => server.watch?.ignore.includes(path)),
  );
  const keysOf = (kind: string) =>
    draft.warnings
      .filter((each) => each.kind === kind)
      .map(({ key }) => key)
      .toSorted();
  t.deepEqual(keysOf('ignored'), [
    'gid',
    'increment_var',
    'instance_var',
    'max_size',
    'pmx',
    'scripts',
    'watch_options',
  ]);
  t.deepEqual(keysOf('differs'), ['env_file', 'ignore_watch']);
  t.deepEqual(keysOf('supervisor'), [...server.supervisorOnly].toSorted());
  t.true(server.supervisorOnly.includes('cron_restart') && server.supervisorOnly.includes('wait_ready'));
  t.regex(draft.warnings.find(({ key }) => key === 'scripts')?.message ?? '', /"script"/);
});

test('aliases, camelCase, command lines and instances', async (t) => {
  const draft = await readFixture('aliases.json');
  t.deepEqual(draft.problems, []);
  const byName = new Map(draft.servers.map((server) => [server.name, server]));
  const camel = byName.get('camel');
  t.deepEqual(camel?.command, { argv: ['/opt/node', '--inspect', join(configs, 'server.js')] });
  t.deepEqual(
    [camel?.user, camel?.cron, camel?.limits.memory, camel?.logs.merge],
    ['www', '* * * * *', 300 * 1024 ** 2, true],
  );
  t.is(camel?.stop.steps[0]?.wait, 100);
  t.true(camel?.supervisorOnly.includes('maxMemoryRestart'), 'told as the file spells it');
  t.deepEqual(byName.get('shell')?.command, { shell: "npm run start --prod 'a b'" });
  t.deepEqual(
    ['cluster', 'implied', 'all-but-one', 'one'].map((name) => byName.get(name)?.instances),
    [1, 1, 3, 1],
  );
  t.deepEqual(byName.get('all-but-one')?.port, { kind: 'fixed', port: 3000, spread: false });
  const told = draft.warnings
    .filter(({ kind }) => kind === 'differs')
    .map(({ server, key }) => `${server}.${key}`);
  t.deepEqual(told.toSorted(), [
    'cluster.exec_mode',
    'implied.instances',
    'pinned.interpreter',
    'shell.args',
  ]);
  t.false(draft.warnings.some(({ server }) => server === 'one'));
});

test('values in every shape', async (t) => {
  const one = async (keys: Readonly<Record<string, unknown>>) => (await readAppWith(t, keys)).server;
  t.is((await one({ instances: 'max', exec_mode: 'fork' })).instances, 4);
  t.is((await one({ instances: 0, exec_mode: 'fork_mode' })).instances, 4);
  t.is((await one({ instances: -9, exec_mode: 'fork' })).instances, 1);
  t.is((await one({ autorestart: 'false' })).restart.policy, 'never');
  t.is((await one({ cron_restart: 0 })).cron, null);
  t.is((await one({ log_date_format: false })).logs.timestamps, false);
  t.is((await one({ log_date_format: 'HH:mm' })).logs.timestamps, 'HH:mm');
  t.is((await one({ time: 'true' })).logs.timestamps, 'YYYY-MM-DDTHH:mm:ss');
  t.is((await one({ out_file: 'NULL' })).logs.out, '/dev/null');
  t.deepEqual((await one({ disable_logs: true, log_file: 'x.log' })).logs.combined, null);
  t.is((await one({ restart_delay: '3000' })).restart.backoff.first, 3000);
  t.is((await one({ max_memory_restart: 1000 })).limits.memory, 1000);
  t.deepEqual((await one({ watch: 'src', ignore_watch: 'tmp' })).watch?.ignore.slice(0, 4), [
    '**/node_modules/**',
    '**/.*',
    '**/.*/**',
    'tmp',
  ]);
  t.is((await one({ watch: [] })).watch, null);
  t.is((await one({ port: '8080' })).port?.kind, 'fixed');
  t.is((await one({ env: { PORT: 'http' } })).port, null);
  t.is((await one({ name: 42 })).name, '42');
  t.is((await one({ name: 'web:1' })).name, 'web:1');
  t.is((await one({ name_prefix: 'x' })).name, 'x:app');
  const argsOf = async (args: unknown) => {
    const { command } = await one({ args });
    return command !== null && 'argv' in command ? command.argv.slice(2) : null;
  };
  t.deepEqual(await argsOf(5), ['5']);
  t.deepEqual(await argsOf(''), []);
  t.deepEqual(await argsOf([1, 'b c']), ['1', 'b c']);
  t.is((await one({ cwd: '/srv' })).script, '/srv/a.js');
  t.is((await one({ listen_timeout: 5, error_file: null })).ready.timeout, 30_000);
  t.is((await one({ autostart: false })).autostart, false);
  t.deepEqual((await one({ stop_exit_codes: 3 })).restart.exitCodes, [3]);
});

test('port wins over PORT, and that is told', async (t) => {
  const { server, draft } = await readAppWith(t, { port: 80, env: { PORT: 81 } });
  t.deepEqual([server.env, server.port], [{}, { kind: 'fixed', port: 80, spread: false }]);
  t.like(draft.warnings[0], { kind: 'differs', key: 'port' });
});

test('options beside apps are told to be in the wrong place', async (t) => {
  const draft = await readValue(t, { apps: [{ script: 'a.js' }], max_restarts: 5 });
  t.deepEqual(await problemsOf(draft), []);
  t.regex(draft.warnings[0]?.message ?? '', /belongs into an app/);
});

test('equal names in two namespaces are two servers', async (t) => {
  const draft = await readValue(t, { apps: [{ script: 'a.js' }, { script: 'a.js', namespace: 'b' }] });
  t.deepEqual(draft.problems, []);
  t.deepEqual(
    draft.servers.map(({ key }) => key),
    ['default/a', 'b/a'],
  );
});

test('values that restate a default of pm2 are quiet', async (t) => {
  const { server, draft } = await readAppWith(t, {
    watch: false,
    autorestart: true,
    instances: 1,
    max_restarts: 16,
    min_uptime: '1s',
    vizion: false,
    pmx: false,
    merge_logs: false,
    treekill: true,
  });
  t.deepEqual([server.supervisorOnly, draft.warnings], [[], []]);
});

test('a pm2 app may be named all: it is told how it is meant then', async (t) => {
  const draft = await readValue(t, { apps: [{ name: 'all', script: './a.js' }] });
  t.deepEqual(draft.problems, []);
  t.deepEqual(
    draft.warnings.map(({ path, message }) => [path, message]),
    [['apps[0].name', 'on the command line "all" means every server: this one is default/all there']],
  );
});

test('what stands in for the deploy of pm2 is a command that exists', async (t) => {
  const draft = await readValue(t, { apps: [{ name: 'a', script: './a.js' }], deploy: { live: {} } });
  t.regex(draft.warnings[0]?.message ?? '', /`mpm-io restart all`/);
});
