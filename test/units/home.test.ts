import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { describeProcess } from '../../src/units/describe.js';
import { openHome } from '../../src/units/home.js';
import { readRecords } from '../../src/units/record-reader.js';
import { withHomeLock } from '../../src/units/lock.js';
import { takeLockFile } from '../../src/units/lock-file.js';
import { fixture, host, killHard, mainOf, makeRig, node, startOptions, stopOptions, unit } from './rig.js';

const open = (path: string) => openHome({ env: { MPM_IO_HOME: path }, user: host.user, host });

test('the home is MPM_IO_HOME, else a folder of the user; a relative one is refused', (t) => {
  t.is(openHome({ env: {}, user: { uid: 1, name: 'a', home: '/home/a' }, host }).path, '/home/a/.mpm-io');
  t.is(open('/x/../y/').path, '/y');
  t.throws(() => open('here'), { code: 'MPM_HOME_UNSAFE' });
});

test('a home that is missing has no records, and reading does not make it', (t) => {
  const { home, path } = makeRig(t);
  t.deepEqual(readRecords(host, home).records, []);
  t.is(host.files.stat(path), null);
});

test('a home that others could write, that is a link, or that is another user’s is refused', (t) => {
  const { folder } = makeRig(t);
  const loose = join(folder, 'loose');
  mkdirSync(loose);
  chmodSync(loose, 0o770);
  t.throws(() => open(loose).prepare(), { code: 'MPM_HOME_UNSAFE', message: /other users may write/ });
  const link = join(folder, 'link');
  symlinkSync(folder, link);
  t.throws(() => open(link).prepare(), { code: 'MPM_HOME_UNSAFE', message: /symbolic link/ });
  writeFileSync(join(folder, 'file'), '');
  t.throws(() => open(join(folder, 'file')).prepare(), { code: 'MPM_HOME_UNSAFE' });
  const stranger = openHome({ env: { MPM_IO_HOME: folder }, user: { ...host.user, uid: 12_345 }, host });
  t.throws(() => stranger.prepare(), { code: 'MPM_HOME_UNSAFE', message: /another user/ });
  const open777 = join(folder, 'open');
  mkdirSync(join(open777, 'home'), { recursive: true });
  chmodSync(open777, 0o777);
  t.throws(() => open(join(open777, 'home')).prepare(), { code: 'MPM_HOME_UNSAFE', message: /rename/ });
});

test('inside one process the lock goes round in the order of the calls', async (t) => {
  const { home } = makeRig(t);
  const order: number[] = [];
  let inside = 0;
  const work = async (turn: number): Promise<void> => {
    inside += 1;
    t.is(inside, 1);
    await host.clock.sleep(2);
    order.push(turn);
    inside -= 1;
  };
  await Promise.all(
    [0, 1, 2, 3, 4].map((turn) => withHomeLock(home, host, { waitMs: 5000 }, () => work(turn))),
  );
  t.deepEqual(order, [0, 1, 2, 3, 4]);
  await t.throwsAsync(
    withHomeLock(home, host, { waitMs: 5000 }, () => Promise.reject(new Error('mine'))),
    { message: 'mine' },
  );
  t.is(await withHomeLock(home, host, { waitMs: 5000 }, () => 7), 7);
});

test('another holder is waited for and named; the kernel frees the lock of one that was killed', async (t) => {
  const { home, path } = makeRig(t);
  const holder = spawn(node, [fixture('holds-lock.mjs'), path], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => killHard(holder.pid ?? 0));
  await once(holder.stdout, 'data');
  const error = await t.throwsAsync(
    withHomeLock(home, host, { waitMs: 150 }, () => 1),
    { code: 'MPM_HOME_LOCKED' },
  );
  t.true(error.message.includes(`${holder.pid} (holds-lock)`), error.message);
  const waiting = withHomeLock(home, host, { waitMs: 5000 }, () => 'mine');
  killHard(holder.pid ?? 0);
  t.is(await waiting, 'mine');
});

test('an interrupt ends the wait for another holder at once, of each who waits', async (t) => {
  const { home, path, units } = makeRig(t);
  const spec = unit();
  const { pid } = mainOf(await units.start(spec, startOptions()));
  const holder = spawn(node, [fixture('holds-lock.mjs'), path], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => killHard(holder.pid ?? 0));
  await once(holder.stdout, 'data');
  const controller = new AbortController();
  const { signal } = controller;
  const stays = withHomeLock(home, host, { waitMs: 20_000 }, () => 'mine');
  const turn = withHomeLock(home, host, { waitMs: 20_000, signal }, () => t.fail());
  const started = units.start(unit({ key: 'default/other:0' }), startOptions({ signal }));
  const checked = units.check?.(spec, startOptions({ signal }));
  const stopped = units.stop(spec.key, stopOptions({ signal }));
  const removed = units.remove(spec.key, { logs: false, signal });
  const refused = Promise.all(
    [turn, removed].map((wait) => t.throwsAsync(wait, { code: 'MPM_HOME_LOCKED' })),
  );
  await host.clock.sleep(100);
  const begun = host.clock.monotonic();
  controller.abort();
  t.deepEqual(await started, { kind: 'interrupted' });
  t.deepEqual(await checked, { kind: 'interrupted' });
  const message = 'The stop was given up before it was done.';
  t.like(await stopped, { kind: 'survived', message, survivors: [describeProcess(host, pid)] });
  await refused;
  await t.throwsAsync(
    withHomeLock(home, host, { waitMs: 20_000, signal }, () => t.fail()),
    { code: 'MPM_HOME_LOCKED' },
  );
  t.true(host.clock.monotonic() - begun < 1000);
  killHard(holder.pid ?? 0);
  t.is(await stays, 'mine');
});

test('a disk that takes no lock file leaves the abstract socket alone to be the lock', async (t) => {
  const { home } = makeRig(t);
  home.prepare();
  writeFileSync(home.locks, '');
  t.is(await withHomeLock(home, host, { waitMs: 1000 }, () => 7), 7);
});

test('a holder that cannot be judged from here counts while its file is young', (t) => {
  const { home } = makeRig(t);
  home.prepare();
  mkdirSync(home.locks);
  const elsewhere = { pid: 77, start: 1, boot: 'this/other', network: 'net:[1]' };
  symlinkSync(JSON.stringify(elsewhere), join(home.locks, '5'));
  const processes = { ...host.processes, livesElsewhere: (boot: string) => boot === 'this/other' };
  t.is(takeLockFile(home, { ...host, processes }, 'net:[2]'), null);
  const clock = { ...host.clock, now: () => Date.now() + 61_000 };
  takeLockFile(home, { ...host, processes, clock }, 'net:[2]')?.();
  t.deepEqual(host.files.list(home.locks), ['6.free']);
  symlinkSync(JSON.stringify(elsewhere), join(home.locks, '7'));
  takeLockFile(home, { ...host, processes }, 'net:[1]')?.();
  t.deepEqual(host.files.list(home.locks), ['8.free'], 'its socket is mine, so it has lost its own');
});

test('a holder that has told nothing is not mistaken for the one before it', async (t) => {
  const { home, path } = makeRig(t);
  home.prepare();
  host.files.writeAtomic(home.holder, JSON.stringify({ pid: 4_194_303, command: 'long gone' }));
  const { device = 0, inode = 0 } = host.files.stat(path) ?? {};
  const stranger = createServer().listen(`\0mpm-io/${device}/${inode}`.padEnd(108, '\0'));
  t.teardown(() => stranger.close());
  await once(stranger, 'listening');
  const { message } = await t.throwsAsync(
    withHomeLock(home, host, { waitMs: 50 }, () => 1),
    { code: 'MPM_HOME_LOCKED' },
  );
  t.regex(message, /a process that has not told its name/);
  t.notRegex(message, /long gone/);
});

test('without abstract sockets a file is the lock, and a dead holder’s is taken over', (t) => {
  const { home, path } = makeRig(t);
  home.prepare();
  const release = takeLockFile(home, host);
  t.not(release, null);
  t.is(takeLockFile(home, host), null);
  release?.();
  takeLockFile(home, host)?.();
  const [last = ''] = host.files.list(join(path, 'locks'));
  host.files.remove(join(path, 'locks', last));
  const dead = JSON.stringify({ pid: process.pid, start: 1, boot: 'x' });
  symlinkSync(dead, join(path, 'locks', String(Number.parseInt(last) + 1)));
  t.not(takeLockFile(home, host), null);
  t.is(host.files.list(join(path, 'locks')).length, 1, 'what is over is cleared away');
});

test('takers of the lock file exclude each other, also while they take over from the dead', async (t) => {
  const { home, path } = makeRig(t);
  home.prepare();
  const fight = async (): Promise<string> => {
    const child = spawn(node, [fixture('fights-for-lock-file.mjs'), path, '400'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => killHard(child.pid ?? 0));
    let told = '';
    child.stdout.on('data', (data: Buffer) => (told += data.toString()));
    await once(child, 'close');
    return `${told}${child.exitCode}`;
  };
  t.deepEqual(await Promise.all(Array.from({ length: 8 }, fight)), Array<string>(8).fill('0'));
});
