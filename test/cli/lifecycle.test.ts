import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import ava from 'ava';
import { eventually, freePort, isClean, processesOf, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const web = (port: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'web',
  style: 'http-managed',
  script: server,
  port,
  stop: { timeout: '2s' },
  ...more,
});

test('started twice is started once; two starts at the same moment make no twin', async (t) => {
  const port = await freePort(3);
  const { mpm, home, status } = project(t, [web(port, { instances: 2 })]);
  const [a, b] = await Promise.all([mpm('start', 'all'), mpm('start', 'all')]);
  t.is(a?.code, 0, a?.text);
  t.is(b?.code, 0, b?.text);
  const rows = await status();
  t.deepEqual(
    rows.map(({ state, port: at }) => [state, at]),
    [
      ['online', port],
      ['online', port + 1],
    ],
  );
  const again = await mpm('start', 'all', '--json');
  t.is(again.code, 0);
  t.deepEqual(
    again.json.steps.map(({ outcome }) => outcome),
    ['unchanged', 'unchanged'],
  );
  t.deepEqual(
    again.json.servers.map(({ pid }) => pid),
    rows.map(({ pid }) => pid),
  );
  const nodes = processesOf(home).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(server),
  );
  t.is(
    nodes.length,
    2 + nodes.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('helper')).length,
  );
});

test('a crash is told with its code, exit 3, and start starts it again', async (t) => {
  const port = await freePort();
  const { mpm, server: statusOf } = project(t, [web(port, { args: ['--exit-after=700', '--exit=7'] })]);
  t.is((await mpm('start', 'web')).code, 0);
  await eventually(async () => (await statusOf('web')).state === 'failed', 'failed');
  const status = await mpm('status');
  t.is(status.code, 3);
  isClean(t, status);
  t.regex(status.text, /\b7\b/);
  const row = await statusOf('web');
  t.like(row, { state: 'failed', desired: 'up', pid: null });
  t.regex(row.reason, /\b7\b/);
  const wanted = await mpm('diagnose', 'web');
  t.regex(wanted.text, /crashed on purpose|exit/);
  const again = await mpm('start', 'web');
  t.is(again.code, 0, again.text);
  const stopped = await mpm('stop', 'web');
  t.is(stopped.code, 0);
  t.is((await mpm('status')).code, 0);
});

test('dependencies first, waitFor, and a task that fails keeps its dependents down', async (t) => {
  const port = await freePort(3);
  const { mpm, folder, home, file } = project(t, [
    { name: 'migrate', type: 'task', command: ['/bin/sh', '-c', 'test ! -e fails && date +%s%N > migrated'] },
    web(port, { name: 'db', dependsOn: ['migrate'] }),
    web(port + 1, {
      name: 'api',
      dependsOn: ['db'],
      waitFor: [{ http: `http://127.0.0.1:${port}/health` }],
    }),
  ]);
  file('fails', 'x');
  const failed = await mpm('start', 'api', '--json');
  t.is(failed.code, 1, failed.text);
  t.deepEqual(
    failed.json.steps.map(({ server: name, outcome }) => [name, outcome]),
    [
      ['migrate', 'failed'],
      ['db', 'failed'],
      ['api', 'failed'],
    ],
  );
  t.deepEqual(processesOf(home), []);
  rmSync(join(folder, 'fails'));
  const started = await mpm('start', 'api');
  t.is(started.code, 0, started.text);
  t.true(existsSync(join(folder, 'migrated')));
  const order = ['migrate', 'db', 'api'].map((name) => started.stderr.indexOf(`${name}: `));
  t.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  // What runs already needs its task no second time.
  const first = readFileSync(join(folder, 'migrated'), 'utf8');
  t.is((await mpm('start', 'api')).code, 0);
  t.is(readFileSync(join(folder, 'migrated'), 'utf8'), first);
  const stopped = await mpm('stop', 'all');
  t.is(stopped.code, 0, stopped.text);
  t.true(stopped.stderr.indexOf('api: stopped') < stopped.stderr.indexOf('db: stopped'), stopped.stderr);
});

test('what is not started by itself is started for those that need it', async (t) => {
  const { mpm, folder } = project(t, [
    { name: 'prepare', type: 'task', command: ['/bin/sh', '-c', 'echo x >> prepared'], autostart: false },
    { name: 'alone', command: ['sleep', '600'], autostart: false },
    { name: 'needs', command: ['sleep', '600'], dependsOn: ['prepare'] },
  ]);
  const started = await mpm('start', 'all', '--json');
  t.is(started.code, 0, started.text);
  t.deepEqual(
    new Map(started.json.steps.map(({ server: name, outcome }) => [name, outcome])),
    new Map([
      ['prepare', 'done'],
      ['alone', 'skipped'],
      ['needs', 'done'],
    ]),
  );
  t.is(readFileSync(join(folder, 'prepared'), 'utf8'), 'x\n');
  t.is((await mpm('start', 'all')).code, 0);
  t.is(readFileSync(join(folder, 'prepared'), 'utf8'), 'x\n', 'not again for what runs');
});

test('Ctrl-C ends what is not ready, keeps what is, and exits 130; a second one lets go', async (t) => {
  const port = await freePort(3);
  const {
    mpm,
    mpmStarted,
    home,
    status,
    server: statusOf,
  } = project(t, [
    web(port, { name: 'quick' }),
    web(port + 1, { name: 'slow', args: ['--never-listen'], ready: { http: '/health', timeout: '40s' } }),
  ]);
  const starting = mpmStarted('start', 'all');
  await eventually(() => starting.output().includes('quick: online'), 'quick is online');
  await eventually(() => processesOf(home).length >= 5, 'slow runs');
  starting.child.kill('SIGINT');
  t.is(await starting.ended(), 130, starting.output());
  t.regex(starting.output(), /interrupted/);
  const rows = await status();
  t.deepEqual(
    rows.map(({ name, state }) => [name, state]),
    [
      ['quick', 'online'],
      ['slow', 'stopped'],
    ],
  );
  t.is((await mpm('status')).code, 0);

  const detached = mpmStarted('start', 'slow');
  const before = processesOf(home).length;
  await eventually(
    async () => processesOf(home).length >= before + 1 && (await statusOf('slow')).pid !== null,
    'slow runs',
  );
  detached.child.kill('SIGINT');
  detached.child.kill('SIGINT');
  await detached.ended();
  t.is((await mpm('stop', 'all')).code, 0);
  t.deepEqual(processesOf(home), []);
});

test('--no-wait, wait, --dry-run, --only, name:index, glob, /regex/, namespace, id, style', async (t) => {
  const port = await freePort(8);
  const { mpm, home, status } = project(t, [
    web(port, { instances: 2, args: ['--listen-after=300'] }),
    web(port + 3, { name: 'worker', namespace: 'shop' }),
    { name: 'tick', command: ['sleep', '600'] },
  ]);
  const plan = await mpm('start', 'all', '--dry-run', '--json');
  t.is(plan.code, 0);
  t.true(plan.json.steps.every(({ outcome }) => outcome === 'planned'));
  const told = await mpm('start', 'all', '--dry-run');
  isClean(t, told);
  t.deepEqual(processesOf(home), []);
  t.false(existsSync(home), 'a dry run makes no home');

  const states = async (): Promise<string> =>
    (await status())
      .map(({ name, instance, pid }) => `${name}:${instance}${pid === null ? '-' : '+'}`)
      .join(' ');
  t.is((await mpm('start', 'all', '--only', 'web')).code, 0);
  t.is(await states(), 'web:0+ web:1+ worker:0- tick:0-');
  t.is((await mpm('stop', 'web:1')).code, 0);
  t.is(await states(), 'web:0+ web:1- worker:0- tick:0-');
  t.is((await mpm('start', '--namespace', 'shop')).code, 0);
  t.is((await mpm('start', 't*')).code, 0);
  t.is(await states(), 'web:0+ web:1- worker:0+ tick:0+');
  t.is((await mpm('stop', '/^w.*r$/')).code, 0);
  t.is((await mpm('stop', '--style', 'supervised')).code, 0);
  t.is(await states(), 'web:0+ web:1- worker:0- tick:0-');
  const { id } = (await status('web:1'))[0];
  const unwaited = await mpm('start', String(id), '--no-wait');
  t.is(unwaited.code, 0, unwaited.text);
  t.regex(unwaited.text, /wait/);
  t.is((await mpm('wait', 'web:1', '--timeout', '20s')).code, 0);
  t.is((await mpm('health', 'web:1')).code, 0);
  t.is((await mpm('stop', 'shop/worker', 'web', 'tick')).code, 0);
  t.is((await mpm('wait', 'web', '--for', 'stopped', '--timeout', '5s')).code, 0);
  const waited = await mpm('wait', 'web', '--timeout', '200ms');
  t.is(waited.code, 1);
  t.regex(waited.stderr, /stopped, not ready after 200ms/);
  const odd = await mpm('start', 'web', '--env', 'nope', '--dry-run');
  t.is(odd.code, 0);
  t.regex(odd.stderr, /^⚠ no server of this file has an environment "nope"/);
});

test("--env NAME is recorded, and used again at a restart; --update-env takes the caller's anew", async (t) => {
  const port = await freePort();
  const { mpmWith } = project(t, [
    web(port, { env: { KIND: 'plain' }, env_production: { KIND: 'production' } }),
  ]);
  const envOf = async (): Promise<Record<string, string>> =>
    (await fetch(`http://127.0.0.1:${port}/env`)).json() as Promise<Record<string, string>>;
  const started = await mpmWith({ env: { CALLER: 'first' } }, 'start', 'web', '--env', 'production');
  t.is(started.code, 0, started.text);
  t.like(await envOf(), { KIND: 'production', CALLER: 'first', MPM_IO_NAME: 'web', PORT: String(port) });
  t.is((await mpmWith({ env: { CALLER: 'second' } }, 'restart', 'web')).code, 0);
  t.like(await envOf(), { KIND: 'production', CALLER: 'first' });
  t.is((await mpmWith({ env: { CALLER: 'third' } }, 'restart', 'web', '--update-env')).code, 0);
  t.like(await envOf(), { KIND: 'production', CALLER: 'third' });
});
