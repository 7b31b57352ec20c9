import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';
import { createLauncher } from '../../src/units/launcher.js';
import { readRecords } from '../../src/units/record-reader.js';
import {
  fixture,
  readNumber,
  carriersOf,
  host,
  isAlive,
  mainOf,
  makeRig,
  startOptions,
  stopOptions,
  unit,
  until,
} from './rig.js';

const snapshot = (folder: string): string[] =>
  readdirSync(folder).map((name) => `${name} ${statSync(join(folder, name)).ino}`);

for (const [file, damage] of [
  ['spec.json', 'truncated'],
  ['run.json', 'truncated'],
  ['spec.json', 'garbage'],
  ['run.json', 'garbage'],
  ['spec.json', 'missing'],
  ['run.json', 'missing'],
] as const) {
  test(`${file} ${damage}: the server is found all the same, and the file kept aside`, async (t) => {
    const { units, home, view } = makeRig(t);
    const spec = unit({ declaredIn: null });
    const main = mainOf(await units.start(spec, startOptions()));
    const folder = join(home.units, '0');
    const path = join(folder, file);
    if (damage === 'truncated') truncateSync(path, 40);
    if (damage === 'garbage') writeFileSync(path, '\0\u0001{"schemaVersion":1,"spec":7}');
    if (damage === 'missing') host.files.remove(path);
    const before = snapshot(folder);
    t.like(view(spec.key), { state: 'running', main });
    t.is(readRecords(host, home).problems.length, damage === 'missing' ? 0 : 1);
    t.deepEqual(snapshot(folder), before, 'reading wrote nothing');
    t.like(await createLauncher({ host, home }).start(spec, startOptions()), { kind: 'running', main });
    t.is((await units.stop(spec.key, stopOptions())).kind, 'stopped');
    t.false(isAlive(main.pid));
    const aside = readdirSync(folder).filter((name) => name.startsWith(`${file}.corrupt-`));
    t.is(aside.length, damage === 'missing' ? 0 : 1);
    t.deepEqual(readRecords(host, home).problems, []);
    t.is(view(spec.key)?.record.id, 0);
  });
}

test('a file of a newer version is used as far as it is known, told, and kept aside', async (t) => {
  const { units, home, view } = makeRig(t);
  const spec = unit();
  const main = mainOf(await units.start(spec, startOptions()));
  const path = join(home.units, '0', 'run.json');
  const value = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...value, schemaVersion: 9, news: true }));
  t.like(view(spec.key), { state: 'running', main });
  t.like(readRecords(host, home).problems[0], { kind: 'newer', path });
  await units.stop(spec.key, stopOptions());
  const aside = readdirSync(join(home.units, '0')).find((name) => name.startsWith('run.json.corrupt-'));
  t.true(readFileSync(join(home.units, '0', aside ?? ''), 'utf8').includes('"news":true'));
});

for (const lost of ['emptied', 'removed'] as const) {
  test(`a server whose records were ${lost} gets no twin: it is named, and can be ended`, async (t) => {
    const { units: before, home, path } = makeRig(t);
    const main = mainOf(await before.start(unit(), startOptions()));
    const units = createLauncher({ host, home }); // of the next command
    if (lost === 'removed') host.files.removeTree(home.units);
    else for (const file of ['spec.json', 'run.json']) truncateSync(join(home.units, '0', file), 0);
    const again = await units.start(unit(), startOptions());
    t.like(again, { kind: 'failed', code: 'MPM_UNIT_LOST' });
    t.true(again.kind === 'failed' && again.hint.includes(`stop --pid ${main.pid}`));
    t.is(carriersOf(path).length, 2, 'a helper and a server');
    t.is((await units.start(unit({ key: 'default/other:0' }), startOptions())).kind, 'ready');
    process.kill(main.pid, 'SIGKILL');
    await until('gone', () => carriersOf(path).length === 2);
    t.is((await units.start(unit(), startOptions())).kind, 'ready');
  });
}

test('what a forgotten unit left behind does not belong to the next of its name', async (t) => {
  const { units, folder, view } = makeRig(t);
  const file = join(folder, 'child.pid');
  const argv = ['sh', fixture('leader-exits.sh'), file];
  await units.start(unit({ argv, stop: { leaveTree: true } }), startOptions());
  const left = await until('the member', () => readNumber(file));
  await units.stop(unit().key, stopOptions());
  t.true(await units.remove(unit().key, { logs: false }));
  t.is((await units.start(unit({ stop: { leaveTree: true } }), startOptions())).kind, 'ready');
  t.is(view(unit().key)?.record.run?.generation, 2);
  const changed = unit({ ready: { timeout: 9000 } });
  await units.stop(changed.key, stopOptions({ force: true }));
  t.is((await units.start(changed, startOptions())).kind, 'ready');
  t.is((await units.stop(changed.key, stopOptions())).kind, 'stopped');
  t.true(isAlive(left));
});

test('ids are given once, also when their unit was forgotten or its files are unreadable', async (t) => {
  const { units, home, view } = makeRig(t);
  const start = (name: string) =>
    units.start(unit({ key: `default/${name}:0`, shell: 'exit 0', type: 'task' }), startOptions());
  await start('a');
  await start('b');
  t.is(view('default/b:0')?.record.id, 1);
  t.true(await units.remove('default/b:0', { logs: true }));
  t.false(await units.remove('default/b:0', { logs: true }));
  await start('c');
  t.is(view('default/c:0')?.record.id, 2);
  host.files.remove(home.counter);
  for (const file of ['spec.json', 'run.json']) writeFileSync(join(home.units, '2', file), '');
  await start('d');
  t.is(view('default/d:0')?.record.id, 3);
  await start('a');
  t.is(view('default/a:0')?.record.id, 0);
});

test('equal environments are kept once and go with the last unit that has them', async (t) => {
  const { units, home } = makeRig(t);
  const start = (name: string, extra: Record<string, string>, updateEnv = false) =>
    units.start(
      unit({ key: `default/${name}:0`, shell: 'exit 0', type: 'task' }),
      startOptions({ environment: { PATH: '/usr/bin:/bin', ...extra }, updateEnv }),
    );
  await start('a', {});
  await start('b', {});
  t.is(host.files.list(home.environments).length, 1);
  t.is(statSync(join(home.environments, host.files.list(home.environments)[0] ?? '')).mode & 0o777, 0o600);
  await start('b', { A: '1' });
  t.is(host.files.list(home.environments).length, 1, 'the first one is kept');
  await start('b', { A: '1' }, true);
  t.is(host.files.list(home.environments).length, 2);
  await units.remove('default/b:0', { logs: false });
  t.is(host.files.list(home.environments).length, 1);
});

test('a full disk starts nothing new, hides nothing, and keeps nobody from stopping', async (t) => {
  const { units, view, folder } = makeRig(t);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=700', 'none', folder]);
  if (mounted.status !== 0) {
    t.log('skipped: a small file system cannot be mounted here');
    t.pass();
    return;
  }
  t.teardown(() => spawnSync('umount', ['-l', folder]));
  const spec = unit();
  const main = mainOf(await units.start(spec, startOptions()));
  t.throws(() => writeFileSync(join(folder, 'fill'), Buffer.alloc(1024 * 1024)), { code: 'ENOSPC' });
  t.like(await units.start(unit({ key: 'default/b:0' }), startOptions()), {
    kind: 'failed',
    code: 'MPM_HOME_UNWRITABLE',
  });
  t.like(view(spec.key), { state: 'running', main });
  const stopped = await units.stop(spec.key, stopOptions());
  t.is(stopped.kind, 'stopped');
  t.regex(stopped.attempts.at(-1)?.outcome ?? '', /ENOSPC/);
  t.false(isAlive(main.pid));
});
