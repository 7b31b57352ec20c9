import test from 'ava';
import { isAlive } from '../../src/model/process.js';
import { createFakeHost } from '../../src/testing/fake-host.js';

test('a reused PID is another process', (t) => {
  const fake = createFakeHost();
  const first = fake.process({ pid: 50 });
  fake.kill(50);
  const second = fake.process({ pid: 50 });
  t.not(first.start, second.start);
  t.is(fake.processes.signal(first, 'SIGKILL'), 'gone');
  t.deepEqual(fake.signals, []);
});

test('orphans go to PID 1, zombies stay', (t) => {
  const fake = createFakeHost();
  fake.process({ pid: 50, staysZombie: true });
  fake.process({ pid: 51, ppid: 50 });
  t.deepEqual(fake.processes.children(50), [51]);
  fake.kill(50);
  const row = fake.processes.row(50);
  t.false(row !== null && isAlive(row));
  t.is(fake.processes.identify(50), null);
  t.is(fake.processes.row(51)?.ppid, 1);
});

test('ignored signals do nothing, and all that were sent are told', (t) => {
  const fake = createFakeHost();
  const seen: string[] = [];
  const stubborn = fake.process({ ignores: ['SIGTERM'], onSignal: (signal) => void seen.push(signal) });
  t.is(fake.processes.signal(stubborn, 'SIGTERM'), 'sent');
  t.not(fake.processes.identify(stubborn.pid), null);
  t.is(fake.processes.signal(stubborn, 'SIGKILL'), 'sent');
  t.is(fake.processes.identify(stubborn.pid), null);
  t.deepEqual(seen, ['SIGTERM', 'SIGKILL']);
  t.deepEqual(
    fake.signals.map(({ signal }) => signal),
    ['SIGTERM', 'SIGKILL'],
  );
});

test('a slow end takes its time', async (t) => {
  const fake = createFakeHost({ time: 'manual' });
  const slow = fake.process({ endsAfter: 500 });
  fake.processes.signal(slow, 'SIGTERM');
  await fake.advance(499);
  t.not(fake.processes.identify(slow.pid), null);
  await fake.advance(1);
  t.is(fake.processes.identify(slow.pid), null);
});

test('a slow end is over when somebody who waited for it looks', async (t) => {
  const fake = createFakeHost();
  const slow = fake.process({ endsAfter: 500 });
  fake.processes.signal(slow, 'SIGTERM');
  while (fake.processes.identify(slow.pid) !== null) await fake.clock.sleep(50);
  t.is(fake.clock.monotonic(), 500);
});

test('other users’ processes show rows only and cannot be signalled', (t) => {
  const fake = createFakeHost();
  const theirs = fake.process({ uid: 0, env: { A: '1' }, listen: [{ port: 80, address: '0.0.0.0' }] });
  t.like(fake.processes.details(theirs.pid), { environment: null, cwd: null, uid: 0 });
  t.deepEqual(fake.processes.withEnvironment('A', '1'), []);
  t.is(fake.processes.signal(theirs, 'SIGTERM'), 'denied');
  t.deepEqual(fake.sockets.listeners().holders(80)[0]?.pids, []);
  t.is(createFakeHost({ uid: 0 }).user.uid, 0);
});

test('our own process is never signalled', (t) => {
  const fake = createFakeHost();
  const own = fake.processes.identify(fake.ownPid);
  t.is(own && fake.processes.signal(own, 'SIGTERM'), 'denied');
});

test('sockets close with their process; HTTP follows', async (t) => {
  const fake = createFakeHost();
  const server = fake.process({ listen: [{ port: 8765 }] });
  const url = 'http://127.0.0.1:8765/health';
  fake.answer(url, ({ method }) => ({ status: method === 'GET' ? 200 : 405, body: 'ok' }));
  const ask = () => fake.http.request({ method: 'GET', url, timeout: 1000, maxBytes: 100 });
  t.like(await ask(), { status: 200, body: 'ok' });
  fake.processes.signal(server, 'SIGSTOP');
  t.like(await ask(), { why: 'timeout' });
  t.is(fake.clock.monotonic(), 1000);
  fake.processes.signal(server, 'SIGCONT');
  t.like(await ask(), { status: 200 });
  fake.kill(server.pid);
  t.like(await ask(), { why: 'refused' });
  t.is(await fake.sockets.bindable(8765, null), 'free');
  t.is(fake.requests.length, 4);
});

test('forked workers share a socket; a foreign listener has no holder', async (t) => {
  const fake = createFakeHost();
  const [a, b] = [1, 2].map(() => fake.process({ listen: [{ port: 80 }] }).pid);
  t.deepEqual(fake.sockets.listeners().holders(80)[0]?.pids, [a, b]);
  fake.foreignListener({ port: 5432, address: '0.0.0.0' });
  t.deepEqual(fake.sockets.listeners().holders(5432)[0]?.pids, []);
  t.is(await fake.sockets.bindable(5432, '127.0.0.1'), 'taken');
  t.is(await fake.sockets.bindable(81, null), 'denied');
});

test('files of every kind, owner and folder', (t) => {
  const fake = createFakeHost();
  fake.file('/run/a.pid', '7', { uid: 33, mode: 0o644 });
  fake.file('/run/link', '/run/a.pid', { kind: 'symlink' });
  fake.file('/run/fifo', '', { kind: 'fifo' });
  fake.file('/run/secret', 'x', { unreadable: true });
  fake.file('/tmp', '', { kind: 'folder', mode: 0o1777, uid: 0 });
  t.like(fake.files.readPlain('/run/a.pid', 10), { kind: 'text', uid: 33 });
  t.like(fake.files.readPlain('/run/link', 10), { why: 'symlink' });
  t.is(fake.files.readText('/run/link'), '7');
  t.like(fake.files.readPlain('/run/fifo', 10), { why: 'not-a-file' });
  t.like(fake.files.readPlain('/run/secret', 10), { why: 'unreadable' });
  t.true(fake.files.writableByOthers('/tmp/a.pid'));
  t.false(fake.files.writableByOthers('/run/a.pid'));
  fake.failWrites('ENOSPC');
  t.throws(() => fake.files.writeAtomic('/run/new', 'x'), { code: 'ENOSPC' });
  fake.failWrites(null);
  fake.files.writeAtomic('/run/new', 'x');
  t.is(fake.files.readText('/run/new'), 'x');
});

test('the clock moves only when told, and wakes in order', async (t) => {
  const fake = createFakeHost({ time: 'manual', now: 0 });
  const woken: string[] = [];
  const nap = async (ms: number, name: string): Promise<void> => {
    await fake.clock.sleep(ms);
    woken.push(`${name}@${fake.clock.now()}`);
  };
  const late = nap(200, 'late');
  const twice = nap(50, 'one').then(() => nap(100, 'two'));
  await fake.advance(49);
  t.deepEqual(woken, []);
  await fake.advance(1000);
  await Promise.all([late, twice]);
  t.deepEqual(woken, ['one@50', 'two@150', 'late@200']);
  t.is(fake.clock.now(), 1049);
});

test('without telling, those who sleep side by side wake in order', async (t) => {
  const fake = createFakeHost();
  const woken: number[] = [];
  const nap = async (ms: number): Promise<void> => {
    await fake.clock.sleep(ms);
    woken.push(fake.clock.monotonic());
  };
  await Promise.all([nap(300), nap(100).then(() => nap(100)), nap(250)]);
  t.deepEqual(woken, [100, 200, 250, 300]);
});

test('a server that binds later, and ends, is seen so by who waits', async (t) => {
  const fake = createFakeHost();
  fake.answer('http://localhost:4000/', { body: 'up' });
  const { pid } = fake.process({ argv: ['node'] });
  fake.after(200, () => fake.listen(pid, [{ port: 4000, address: '::' }]));
  fake.after(900, () => fake.kill(pid));
  while (fake.sockets.listeners().rows.length === 0) await fake.clock.sleep(40);
  t.is(fake.clock.monotonic(), 200);
  const ask = () =>
    fake.http.request({ method: 'GET', url: 'http://localhost:4000/', timeout: 50, maxBytes: 9 });
  t.like(await ask(), { kind: 'answer' });
  while (fake.processes.identify(pid) !== null) await fake.clock.sleep(100);
  t.is(fake.clock.monotonic(), 900);
  t.like(await ask(), { why: 'refused' });
});

test('spawns and runs are recorded and scripted', async (t) => {
  const fake = createFakeHost();
  fake.spawning((request) => ({ comm: 'renamed', listen: [{ port: Number(request.env['PORT']) }] }));
  const env = { PORT: '3000' };
  const request = { argv: ['node', 'a.js'], cwd: '/srv', env, outputs: ['/log/out'], input: null };
  const spawned = await fake.spawnDetached(request);
  t.is(spawned.kind === 'spawned' && fake.processes.row(spawned.pid)?.comm, 'renamed');
  t.is(fake.sockets.listeners().holders(3000).length, 1);
  t.is(fake.files.stat('/log/out')?.mode, 0o600);
  t.deepEqual(fake.spawns, [request]);
  fake.program('sh', ([, , line]) => ({ code: line === 'false' ? 1 : 0 }));
  t.like(await fake.run({ shell: 'false' }, { timeout: 100 }), { kind: 'exited', code: 1 });
  t.deepEqual(
    fake.runs.map(({ argv }) => argv),
    [['/bin/sh', '-c', 'false']],
  );
});
