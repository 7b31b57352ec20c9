import test, { type ExecutionContext } from 'ava';
import { readEcosystem } from '../../src/config/read.js';
import { folderWith, problemsOf, readValue, requestFor } from './rig.js';

const pathsOf = async (t: ExecutionContext, value: unknown): Promise<readonly string[]> =>
  (await problemsOf(await readValue(t, value))).map(({ path }) => path).toSorted();

/** What of a server is told, by the keys below it. */
const told = test.macro({
  exec: async (
    t: ExecutionContext,
    keys: Readonly<Record<string, unknown>>,
    expected: readonly string[],
  ): Promise<void> => {
    const servers = [{ name: 'web', ...keys }];
    t.deepEqual(
      await pathsOf(t, { servers }),
      expected.map((path) => `servers[0].${path}`),
    );
  },
  title: (given, keys) => `${given ?? ''}: ${JSON.stringify(keys)}`,
});

const beside = 'what contradicts is told beside a wrong type';
test(beside, told, { nice: 99, port: 80, env: { PORT: 81 } }, ['env.PORT', 'nice']);
test(beside, told, { nice: 99, script: 'a', command: 'b' }, ['command', 'nice']);
test(beside, told, { script: 5, command: 'b' }, ['command', 'script']);
test(beside, told, { nice: 99, forks: true }, ['forks', 'nice']);
test(beside, told, { nice: 99, args: ['x'] }, ['args', 'nice']);
test(beside, told, { nice: 99, port: 65535, instances: 2 }, ['instances', 'nice']);
test(beside, told, { nice: 99, style: 'daemon-managed', instances: 2 }, ['instances', 'nice']);
test(beside, told, { nice: 99, dependsOn: ['nobody', 5, 'web'] }, [
  'dependsOn[0]',
  'dependsOn[1]',
  'dependsOn[2]',
  'nice',
]);
test(beside, told, { ready: { timeout: 'x', http: 5, tcp: 80 } }, ['ready', 'ready.http', 'ready.timeout']);
test(beside, told, { nice: 99, waitFor: [5, {}, { tcp: true }] }, [
  'nice',
  'waitFor[0]',
  'waitFor[1]',
  'waitFor[2].tcp',
]);
test(beside, told, { port: { from: 9, to: 5, form: 1 } }, ['port', 'port.form']);
test(beside, told, { nice: 99, port: 80, env_live: { PORT: 81 }, environments: { live: { PORT: 82 } } }, [
  'env_live.PORT',
  'environments.live.PORT',
  'nice',
]);

const alone = 'what only follows from a mistake is not told';
test(alone, told, { port: 0, ready: { tcp: true, timeout: '1s' }, env: { PORT: 5 } }, ['port']);
test(alone, told, { port: 0, health: { http: '/up' } }, ['port']);
test(alone, told, { port: 'x', listen: true, ready: { log: 'up' } }, ['port']);
test(alone, told, { prot: 80, ready: { tcp: true } }, ['prot']);
test(alone, told, { pidfile: 'x.pid', forks: true }, ['pidfile']);
test(alone, told, { pidFile: [5], forks: true }, ['pidFile[0]']);
test(alone, told, { scirpt: 'x.js', args: ['a'] }, ['scirpt']);
test(alone, told, { script: 5, args: ['a'] }, ['script']);
test(alone, told, { style: 7, ready: { http: '/up' }, prot: 80 }, ['style']);
test(alone, told, { ready: { htp: 'http://a/' }, health: { same: true } }, ['ready.htp']);
test(alone, told, { tls: { crt: 'a', key: 'b' } }, ['tls.crt']);
test(alone, told, { port: { form: 1, to: 5 } }, ['port.form']);
test(alone, told, { instances: 'x', port: { from: 1, to: 1 } }, ['instances']);

test('what a need misses is told where nothing is misspelt', async (t) => {
  t.deepEqual(await pathsOf(t, { servers: [{ name: 'web', zzzz: 1, ready: { tcp: true } }] }), [
    'servers[0].ready.tcp',
    'servers[0].zzzz',
  ]);
});

test('a circle, a twin and an unknown name are told of servers that have other mistakes', async (t) => {
  const servers = [
    { name: 'a', nice: 99, dependsOn: 'b' },
    { name: 'b', umask: 'x', dependsOn: 'a' },
    { name: 'b', nice: 99, dependsOn: 'gone' },
  ];
  t.deepEqual(await pathsOf(t, { servers }), [
    'servers[0].dependsOn',
    'servers[0].nice',
    'servers[1].umask',
    'servers[2].dependsOn[0]',
    'servers[2].name',
    'servers[2].nice',
  ]);
});

test('a name that may be that of a server without one is no mistake of its own', async (t) => {
  const web = { name: 'web', dependsOn: 'db' };
  t.deepEqual(await pathsOf(t, { servers: [{ nam: 'db' }, web] }), ['servers[0].nam']);
  t.deepEqual(await pathsOf(t, { servers: [{ name: 5 }, web] }), ['servers[0].name']);
  t.deepEqual(await pathsOf(t, { servers: [web], apps: 'db' }), ['apps']);
  t.deepEqual(await pathsOf(t, { servers: [{ name: 'a', namespace: 5 }, { name: 'a' }] }), [
    'servers[0].namespace',
  ]);
});

test('a name that several namespaces have is to be written whole', async (t) => {
  const servers = [
    { name: 'db', namespace: 'a' },
    { name: 'db', namespace: 'b' },
    { name: 'web', dependsOn: 'db' },
  ];
  const [problem] = await problemsOf(await readValue(t, { servers }));
  t.is(problem?.message, '"db" may be a/db or b/db: write which.');
});

test('servers that stand by their names, and one that stands alone, are checked all the same', async (t) => {
  const servers = { web: { port: 0 }, db: { prot: 1, dependsOn: 'web' } };
  t.deepEqual(await pathsOf(t, { servers }), ['servers', 'servers.db.prot', 'servers.web.port']);
  t.deepEqual(await pathsOf(t, { servers: { name: 'web', script: 'a.js', port: 0 } }), [
    'servers',
    'servers.port',
  ]);
});

test('an app is told with all that is wrong with it', async (t) => {
  const apps = [
    { name: 'a', script: 'a.js', max_restarts: 'x', namespace: 'a/b' },
    { name: 'b', script: 5 },
    { name: 'b', script: 'b.js', port: 99999 },
    { script: 'c.ts', autorestart: 'maybe' },
  ];
  const folder = folderWith(t, { 'c.ts': '', 'ecosystem.json': JSON.stringify({ apps }) });
  const draft = await readEcosystem(requestFor(`${folder}/ecosystem.json`));
  t.deepEqual((await problemsOf(draft)).map(({ path }) => path).toSorted(), [
    'apps[0].max_restarts',
    'apps[0].namespace',
    'apps[1].script',
    'apps[2].name',
    'apps[2].port',
    'apps[3].autorestart',
    'apps[3].script',
  ]);
});

test('thousands of mistakes in one place are told in time', async (t) => {
  const env = Object.fromEntries(Array.from({ length: 5000 }, (_value, index) => [`a b${index}`, {}]));
  t.is((await pathsOf(t, { servers: [{ name: 'web', env }] })).length, 5000);
});

test('keys that an object has from its prototype are unknown like any other', async (t) => {
  t.deepEqual(await pathsOf(t, { servers: [], constructor: 1, toString: 2 }), ['constructor', 'toString']);
  const apps = [{ script: 'a.js', constructor: 1, toString: 2, valueOf: 3 }];
  const draft = await readValue(t, { apps });
  t.deepEqual(draft.problems, []);
  t.deepEqual(
    draft.warnings.map(({ message }) => message),
    Array.from({ length: 3 }, () => 'pm2 has no such key'),
  );
});
