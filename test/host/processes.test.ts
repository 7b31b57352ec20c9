import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createHost } from '../../src/host/index.js';
import { findAlive, identityOf, startedAt } from '../../src/model/process.js';
import { eventually, fixture, startChild, temporaryFolder } from './rig.js';

const host = createHost();
const asRoot = process.getuid?.() === 0 ? test : test.skip;

test('this process is in the table with what Node knows of it', (t) => {
  const table = host.processes.table();
  const row = table.rows.get(process.pid);
  t.is(row?.ppid, process.ppid);
  t.true(Math.abs((row?.rssBytes ?? 0) - process.memoryUsage.rss()) < 64 * 1024 * 1024);
  t.true(row !== undefined && Math.abs(startedAt(table, row) - performance.timeOrigin) < 1500);
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  t.regex(table.boot, new RegExp(`^${bootId}/\\d+$`));
  t.is(table.ticksPerSecond, Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout));
});

test('a hostile title does not move its fields', async (t) => {
  const child = await startChild(t, [process.execPath, fixture('hostile-title.mjs')], { until: 'ready' });
  const row = host.processes.table().rows.get(child.pid);
  t.true(row?.comm.startsWith('e) R 1 2\n(x)'));
  t.is(row?.ppid, process.pid);
  t.is(row?.pgid, child.pid);
  t.true((row?.threads ?? 0) > 1);
});

test('the number of a thread is no process', (t) => {
  const threads = host.files.list(`/proc/${process.pid}/task`).map(Number);
  const thread = threads.find((id) => id !== process.pid) ?? 0;
  t.true(thread > 0 && host.files.stat(`/proc/${thread}/stat`) !== null, 'the trap is there');
  t.is(host.processes.row(thread), null);
  t.is(host.processes.identify(thread), null);
  t.is(host.processes.details(thread), null);
  t.false(host.processes.table().rows.has(thread));
});

test('a zombie has a row and no identity, and is gone for a signal', async (t) => {
  const parent = await startChild(t, ['/bin/sh', '-c', 'sleep 0 & exec sleep 60']);
  const zombie = (): number | undefined =>
    host.processes.children(parent.pid).find((pid) => host.processes.row(pid)?.state === 'Z');
  await eventually(t, () => zombie() !== undefined);
  const pid = zombie() ?? 0;
  const table = host.processes.table();
  const row = table.rows.get(pid);
  t.is(row?.state, 'Z');
  t.is(host.processes.identify(pid), null);
  if (row === undefined) return;
  t.is(findAlive(table, identityOf(table, row)), undefined);
  t.is(host.processes.signal(identityOf(table, row), 'SIGKILL'), 'gone');
  t.deepEqual(host.processes.details(pid)?.argv, []);
  t.is(host.processes.details(pid)?.cwd, null);
});

test('only the very process is signalled', async (t) => {
  const child = await startChild(t, ['sleep', '60']);
  const identity = host.processes.identify(child.pid);
  if (identity === null) return t.fail();
  t.is(host.processes.signal({ ...identity, start: identity.start + 1 }, 'SIGKILL'), 'gone');
  t.is(host.processes.signal({ ...identity, boot: 'other/1' }, 'SIGKILL'), 'gone');
  t.deepEqual(host.processes.identify(child.pid), identity);
  t.is(host.processes.signal(identity, 'SIGSTOP'), 'sent');
  await eventually(t, () => host.processes.row(child.pid)?.state === 'T');
  t.is(host.processes.signal(identity, 'SIGCONT'), 'sent');
  await eventually(t, () => host.processes.row(child.pid)?.state === 'S');
  t.is(host.processes.signal(identity, 'SIGTERM'), 'sent');
  await eventually(t, () => host.processes.identify(child.pid) === null);
  t.is(host.processes.signal(identity, 'SIGTERM'), 'gone');
  t.throws(() => host.processes.signal(host.processes.identify(process.ppid) ?? identity, 'SIGNONSENSE'), {
    code: 'ERR_UNKNOWN_SIGNAL',
  });
});

for (const pid of [0, 1, -1, process.pid, Number.NaN]) {
  test(`PID ${pid} is never signalled`, (t) => {
    const { boot, rows } = host.processes.table();
    t.is(host.processes.signal({ pid, start: rows.get(pid)?.start ?? 0, boot }, 'SIGCONT'), 'denied');
  });
}

test('details are what was started', async (t) => {
  const folder = temporaryFolder(t);
  const env = { PATH: process.env['PATH'] ?? '', EMPTY: '', EQUALS: 'a=b', SPACED: 'x y' };
  const child = await startChild(t, ['sleep', '60'], { cwd: folder, env });
  await eventually(t, () => host.processes.row(child.pid)?.comm === 'sleep');
  const details = host.processes.details(child.pid);
  t.deepEqual(details?.argv, ['sleep', '60']);
  t.deepEqual(details?.environment, env);
  t.is(details?.cwd, folder);
  t.is(details?.uid, process.geteuid?.());
  t.true(details?.exe?.endsWith('/sleep'));
  t.is(typeof details?.cgroup, 'string');
  rmSync(folder, { recursive: true });
  t.is(host.processes.details(child.pid)?.cwd, folder, 'a removed folder keeps its name');
  t.is(host.processes.details(2 ** 22 + 1), null);
  t.is(host.processes.row(-1), null);
});

test('an environment entry is found whole only', async (t) => {
  const value = `mark-${process.pid}-${Date.now()}`;
  const child = await startChild(t, ['sleep', '60'], { env: { A: 'x', MARK: value } });
  await eventually(t, () => host.processes.row(child.pid)?.comm === 'sleep');
  t.deepEqual(host.processes.withEnvironment('MARK', value), [child.pid]);
  t.deepEqual(host.processes.withEnvironment('MARK', value.slice(0, -1)), []);
  t.deepEqual(host.processes.withEnvironment('ARK', value), []);
});

test('children are the direct ones', async (t) => {
  const parent = await startChild(t, ['/bin/sh', '-c', 'sleep 60 & sleep 60 & wait']);
  await eventually(t, () => host.processes.children(parent.pid).length === 2);
  t.true(host.processes.children(process.pid).includes(parent.pid));
  t.deepEqual(host.processes.children(2 ** 22 + 1), []);
});

asRoot('another user sees rows, and nothing of the rest', async (t) => {
  const child = await startChild(t, ['sleep', '60'], { uid: 65534 });
  await eventually(t, () => host.processes.row(child.pid)?.comm === 'sleep');
  t.is(host.processes.details(child.pid)?.uid, 65534);
  const script = `
    const { createHost } = await import(${JSON.stringify(new URL('../../src/host/index.js', import.meta.url))});
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    const { processes } = createHost();
    const { environment, cwd, exe, argv } = processes.details(${process.pid});
    const outcome = processes.signal(processes.identify(${process.pid}), 'SIGURG');
    console.log(JSON.stringify({ environment, cwd, exe, named: argv.length > 0, outcome }));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  t.deepEqual(JSON.parse(stdout), {
    environment: null,
    cwd: null,
    exe: null,
    named: true,
    outcome: 'denied',
  });
});

test('a kernel that lists children is asked for them', (t) => {
  const root = temporaryFolder(t);
  for (const [task, list] of [
    ['5', '7 8 '],
    ['6', '9 '],
  ] as const) {
    mkdirSync(join(root, '5', 'task', task), { recursive: true });
    writeFileSync(join(root, '5', 'task', task, 'children'), list);
  }
  t.deepEqual(createHost({ procRoot: root }).processes.children(5), [7, 8, 9]);
});

test('a process that vanishes or hides while the table is read is left out', (t) => {
  const root = temporaryFolder(t);
  mkdirSync(join(root, '5'));
  mkdirSync(join(root, '6'));
  mkdirSync(join(root, 'self'));
  writeFileSync(join(root, '6', 'stat'), '6 (a) S 1 6 6 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 500 0 3 0 0 0 0 0\n');
  const fake = createHost({ procRoot: root });
  t.deepEqual([...fake.processes.table().rows.keys()], [6]);
});

test('out of descriptors nobody is called gone', (t) => {
  const script = `
    import { openSync } from 'node:fs';
    const { createHost } = await import(process.argv[1]);
    const host = createHost();
    const before = host.processes.identify(process.ppid) !== null;
    const code = (ask) => { try { return JSON.stringify(ask()) } catch (error) { return error.code } };
    try { for (;;) openSync('/dev/null') } catch {}
    const { processes, sockets } = host;
    const asked = [() => processes.identify(process.ppid), () => processes.table(), () => sockets.listeners(),
      () => processes.withEnvironment('A', 'b'), () => processes.children(1), () => sockets.ofProcess(1)];
    const told = asked.map(code);
    process.stdout.write(JSON.stringify({ before, told }));`;
  const module = new URL('../../src/host/index.js', import.meta.url).href;
  const { stdout, stderr } = spawnSync(
    '/bin/sh',
    [
      '-c',
      'ulimit -n 64; "$@"; exit $?',
      'sh',
      process.execPath,
      '--input-type=module',
      '-e',
      script,
      module,
    ],
    { encoding: 'utf8' },
  );
  t.deepEqual(JSON.parse(stdout || 'null'), { before: true, told: Array(6).fill('EMFILE') }, stderr);
});
