import test, { type ExecutionContext } from 'ava';
import { problemsOf, readFixture, readValue } from './rig.js';

const mistake = test.macro({
  exec: async (
    t: ExecutionContext,
    keys: Readonly<Record<string, unknown>>,
    path: string,
    message: RegExp,
    suggestion: string | null = null,
  ) => {
    const problems = await problemsOf(await readValue(t, { servers: [{ name: 'web', ...keys }] }));
    t.is(problems.length, 1, JSON.stringify(problems));
    t.is(problems[0]?.path, `servers[0]${path}`);
    t.regex(problems[0]?.message ?? '', message);
    t.is(problems[0]?.suggestion, suggestion);
    t.true((problems[0]?.line ?? 0) >= 3, 'has its line');
  },
  title: (_given, keys, path) => `a mistake at ${path} is told: ${JSON.stringify(keys).slice(0, 70)}`,
});

test(mistake, { prot: 3000 }, '.prot', /no key of a server/, 'port');
test(mistake, { depends_on: 'x' }, '.depends_on', /no key of a server/, 'dependsOn');
test(mistake, { script: undefined, command: [''] }, '.command', /must name a program/);
test(mistake, { script: undefined, command: [' ', 'x'] }, '.command', /must name a program/);
test(mistake, { port: 0 }, '.port', /"any free port"/);
test(mistake, { port: 65536 }, '.port', /1 to 65535, not 65536/);
test(mistake, { port: -1 }, '.port', /1 to 65535, not -1/);
test(mistake, { port: 1.5 }, '.port', /whole number from 1 to 65535/);
test(mistake, { port: '3000' }, '.port', /must be a number, not a text: write 3000/);
test(mistake, { port: { from: 10, to: 5 } }, '.port', /`from` below `to`/);
test(mistake, { port: { from: 10 } }, '.port.to', /1 to 65535, not nothing/);
test(mistake, { port: { from: 10, to: 20, form: 1 } }, '.port.form', /no key here/, 'from');
test(mistake, { port: 65535, instances: 2 }, '.instances', /65536/);
test(mistake, { port: { from: 1, to: 2 }, instances: 3 }, '.port', /2 ports for 3 instances/);
test(mistake, { port: 3000, env: { PORT: 3001 } }, '.env.PORT', /leave it out/);
test(mistake, { ready: { timeout: '10 parsecs' } }, '.ready.timeout', /a duration: .* not "10 parsecs"/);
test(mistake, { ready: { timeout: -5 } }, '.ready.timeout', /a duration: .* not -5/);
test(mistake, { ready: { timeout: null } }, '.ready.timeout', /a duration: .* not null/);
test(mistake, { ready: { timeout: '30d' } }, '.ready.timeout', /at most 24 days/);
test(mistake, { ready: { timout: 5 } }, '.ready.timout', /no key here/, 'timeout');
test(mistake, { port: 80, ready: { http: '/a', tcp: 80 } }, '.ready', /asks http and tcp/);
test(mistake, { ready: { http: '/up' } }, '.ready.http', /"\/up" is a path .* no `port` or `socket`/);
test(mistake, { health: { http: { url: '/up' } } }, '.health.http', /no `port` or `socket`/);
test(mistake, { ready: { http: 'health' } }, '.ready.http', /a path such as/);
test(
  mistake,
  { port: 80, ready: { http: { url: '/x', expct: {} } } },
  '.ready.http.expct',
  /no key here/,
  'expect',
);
test(mistake, { ready: { log: '(' } }, '.ready.log', /regular expression/);
test(mistake, { ready: { tcp: true } }, '.ready.tcp', /no `port`/);
test(mistake, { ready: '/health' }, '.ready', /must be an object, not "\/health"/);
test(mistake, { health: true }, '.health', /must be false, or an object, not true/);
test(mistake, { health: { same: true } }, '.health.same', /can be asked again/);
test(mistake, { limits: { memory: '1X' } }, '.limits.memory', /a size: .* not "1X"/);
test(mistake, { limits: { memory: 0 } }, '.limits.memory', /a size: .* not 0/);
test(mistake, { stop: { signal: 'SIGNOPE' } }, '.stop.signal', /name of a signal/);
test(mistake, { restart: 'sometimes' }, '.restart', /"always", "on-failure", "never", or an object/);
test(mistake, { restart: { backoff: { frist: 1 } } }, '.restart.backoff.frist', /no key here/, 'first');
test(mistake, { name: 5 }, '.name', /must be a text/);
test(mistake, { name: '' }, '.name', /must not be empty/);
test(mistake, { name: '-x' }, '.name', /start with "-"/);
test(mistake, { name: 'all' }, '.name', /every server/);
test(mistake, { name: 'web:1' }, '.name', /colon and digits/);
test(mistake, { name: 'a\u001b[31m' }, '.name', /control characters/);
test(mistake, { name: '\ud800' }, '.name', /surrogates/);
test(mistake, { name: 'x'.repeat(300) }, '.name', /too long/);
test(mistake, { namespace: 'a/b' }, '.namespace', /slash/);
test(mistake, { style: 'supervized' }, '.style', /no style; there are supervised/, 'supervised');
test(mistake, { style: 'daemon-managed', instances: 2 }, '.instances', /runs one instance/);
test(mistake, { instances: 0 }, '.instances', /must be at least 1/);
test(mistake, { instances: 1.5 }, '.instances', /whole number/);
test(mistake, { env: { A: null } }, '.env.A', /must be a text/);
test(mistake, { env: { 'A=B': '1' } }, '.env["A=B"]', /name of an environment variable/);
test(mistake, { env: 'A=1' }, '.env', /must be an object/);
test(mistake, { env_production: { A: {} } }, '.env_production.A', /must be a text/);
test(mistake, { script: 'a.js', command: 'b' }, '.command', /one of the two/);
test(mistake, { args: ['x'] }, '.args', /needs a `script`/);
test(mistake, { command: [] }, '.command', /must name a program/);
test(mistake, { script: 'a\u0000b' }, '.script', /NUL/);
test(mistake, { forks: true }, '.forks', /needs `pidFile`/);
test(mistake, { dependsOn: 'wbe' }, '.dependsOn[0]', /no server of this file/, 'web');
test(mistake, { dependsOn: ['web'] }, '.dependsOn[0]', /is the server itself/);
test(mistake, { waitFor: { http: '/x' } }, '.waitFor.http', /whole URL/);
test(mistake, { waitFor: [{}] }, '.waitFor[0]', /asks nothing/);
test(mistake, { listen: true, port: 80 }, '.listen', /other than `tcp`/);
test(mistake, { cron: 'now' }, '.cron', /five fields/);
test(mistake, { umask: '999' }, '.umask', /octal/);
test(mistake, { nice: 99 }, '.nice', /at most 19/);
test(mistake, { autostart: 'no' }, '.autostart', /true or false, not "no"/);
test(mistake, { type: 'job' }, '.type', /"service" or "task"/);
test(mistake, { tls: { cert: 'a' } }, '.tls.key', /must be a text, not nothing/);

const whole = test.macro({
  exec: async (t: ExecutionContext, value: unknown, path: string, message: RegExp) => {
    const problems = await problemsOf(await readValue(t, value));
    t.is(problems.length, 1, JSON.stringify(problems));
    t.is(problems[0]?.path, path);
    t.regex(`${problems[0]?.message} ${problems[0]?.suggestion}`, message);
  },
  title: (_given, value) => `a file is refused: ${JSON.stringify(value)}`,
});

test(whole, 5, '', /must hold an object/);
test(whole, null, '', /empty/);
test(whole, {}, '', /neither `servers` nor `apps`/);
test(whole, { server: [] }, 'server', /servers/);
test(whole, { servers: null }, 'servers', /must be a list, not null/);
test(whole, { servers: { web: {} } }, 'servers', /\[\{"name": "web", \.\.\.\}\]/);
test(whole, { servers: [null] }, 'servers[0]', /must be an object, not null/);
test(whole, { servers: [], plugin: [] }, 'plugin', /plugins/);
test(whole, { servers: [{}] }, 'servers[0].name', /every server has a name/);
test(whole, { servers: [], plugins: 'x' }, 'plugins', /must be a list/);
test(whole, { servers: [], plugins: [{ module: 5 }] }, 'plugins[0].module', /must be a text, not 5/);
test(whole, [5], '[0]', /must be an object, not 5/);
test(
  whole,
  { servers: [{ name: 'a' }, { name: 'a' }] },
  'servers[1].name',
  /"a" is the name of servers\[0\] too/,
);
test(whole, { apps: [{ script: 'a.js' }, { script: 'b/a.js' }] }, 'apps[1].name', /every command is by name/);
test(whole, { apps: [{ instances: 2 }] }, 'apps[0]', /neither a `name` nor a `script`/);
test(
  whole,
  { apps: [{ script: 'a.js', maxRestarts: 'many' }] },
  'apps[0].maxRestarts',
  /must be a number, not "many"/,
);

test('a circle of dependencies is named', async (t) => {
  const names = ['a', 'b', 'c'];
  const draft = await readValue(t, {
    servers: names.map((name, at) => ({ name, dependsOn: names[(at + 1) % 3] })),
  });
  const problems = await problemsOf(draft);
  t.is(problems.length, 1);
  t.regex(problems[0]?.message ?? '', /a -> b -> c -> a/);
});

test('all mistakes are told at once, in the order of the file', async (t) => {
  const problems = await problemsOf(
    await readValue(t, {
      plugins: [5],
      servers: [
        { name: 'a', port: 0, ready: { timeout: 'x', htp: '/' }, stop: 5 },
        { name: 'b', type: 'nope' },
        { name: 'c', zzz: 1, dependsOn: ['a', 'nobody'] },
      ],
      apps: [{ script: 'x.js', instances: 'lots' }],
    }),
  );
  t.deepEqual(problems.map(({ path }) => path).toSorted(), [
    'apps[0].instances',
    'plugins[0]',
    'servers[0].port',
    'servers[0].ready.htp',
    'servers[0].ready.timeout',
    'servers[0].stop',
    'servers[1].type',
    'servers[2].dependsOn[1]',
    'servers[2].zzz',
  ]);
  const lines = problems.map(({ line }) => line ?? 0);
  t.deepEqual(
    lines,
    lines.toSorted((a, b) => a - b),
  );
});

test('a good file has no mistakes', async (t) => {
  t.deepEqual(await problemsOf(await readFixture('both.yaml')), []);
});
