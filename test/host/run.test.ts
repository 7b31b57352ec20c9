import test from 'ava';
import { createHost } from '../../src/host/index.js';
import { eventually, fixture, temporaryFolder } from './rig.js';

const host = createHost({ env: { ...process.env, INHERITED: 'yes', LC_ALL: 'fr_FR.UTF-8' } });
const run: typeof host.run = (command, options) => host.run(command, options);

test('code and both outputs come back as they are', async (t) => {
  t.deepEqual(await run({ shell: 'echo out; echo err >&2; exit 7' }, { timeout: 5000 }), {
    kind: 'exited',
    code: 7,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

test('arguments are no shell line', async (t) => {
  const result = await run({ argv: ['printf', '%s|', '$HOME', 'a b', ';ls'] }, { timeout: 5000 });
  t.like(result, { kind: 'exited', code: 0, stdout: '$HOME|a b|;ls|' });
});

test('the environment is inherited, in plain English, and added to', async (t) => {
  const folder = temporaryFolder(t);
  const line = { shell: 'echo $INHERITED $ADDED $LC_ALL; pwd' };
  const result = await run(line, { timeout: 5000, cwd: folder, env: { ADDED: 'too' } });
  t.like(result, { stdout: `yes too C\n${folder}\n` });
});

test('input is given and ended; without input there is none', async (t) => {
  t.like(await run({ argv: ['cat'] }, { timeout: 5000, input: 'abc' }), { stdout: 'abc' });
  t.like(await run({ argv: ['cat'] }, { timeout: 5000 }), { kind: 'exited', code: 0, stdout: '' });
  const unread = await run({ argv: ['true'] }, { timeout: 5000, input: 'x'.repeat(1_000_000) });
  t.like(unread, { kind: 'exited', code: 0 });
});

test('what cannot be started is missing, and says why', async (t) => {
  t.like(await run({ argv: ['no-such-program-here'] }, { timeout: 5000 }), { kind: 'missing' });
  t.like(await run({ argv: ['/etc/passwd'] }, { timeout: 5000 }), { kind: 'missing' });
  t.like(await run({ argv: [] }, { timeout: 5000 }), { kind: 'missing' });
  const elsewhere = await run({ argv: ['true'] }, { timeout: 5000, cwd: '/no/such/folder' });
  t.true(elsewhere.kind === 'missing' && elsewhere.text.includes('/no/such/folder'));
});

test('a signal that ended it is told', async (t) => {
  t.like(await run({ shell: 'kill -TERM $$' }, { timeout: 5000 }), {
    kind: 'killed',
    signal: 'SIGTERM',
    timedOut: false,
  });
});

test('a deadline ends the whole tree', async (t) => {
  const mark = `run-${process.pid}-${Date.now()}`;
  const began = performance.now();
  const line = { shell: "trap '' TERM; sleep 60 & echo begun; sleep 60" };
  const result = await run(line, { timeout: 300, env: { MARK: mark } });
  t.like(result, { kind: 'killed', signal: 'SIGKILL', timedOut: true, stdout: 'begun\n' });
  t.true(performance.now() - began < 4000);
  await eventually(t, () => host.processes.withEnvironment('MARK', mark).length === 0);
});

test('who gives up ends the whole tree', async (t) => {
  const mark = `run-${process.pid}-${Date.now()}`;
  const controller = new AbortController();
  const running = run(
    { shell: 'sleep 60 & sleep 60' },
    { timeout: 60_000, env: { MARK: mark }, signal: controller.signal },
  );
  await eventually(t, () => host.processes.withEnvironment('MARK', mark).length === 3);
  controller.abort();
  t.like(await running, { kind: 'killed', timedOut: false });
  await eventually(t, () => host.processes.withEnvironment('MARK', mark).length === 0);
  t.like(await run({ argv: ['true'] }, { timeout: 5000, signal: controller.signal }), { kind: 'killed' });
});

test('output past its bound ends a tool that does not end by itself', async (t) => {
  const result = await run({ argv: [fixture('prints-for-ever.sh')] }, { timeout: 20_000, maxBytes: 10_000 });
  t.true(result.kind === 'killed' && !result.timedOut && result.stdout.length === 10_000);
});

test('a daemon that keeps the pipes is neither waited for nor ended', async (t) => {
  const began = performance.now();
  const result = await run({ shell: 'sleep 20 & echo $!' }, { timeout: 10_000 });
  t.true(performance.now() - began < 5000);
  if (result.kind !== 'exited') return t.fail();
  const identity = host.processes.identify(Number(result.stdout));
  if (identity === null) return t.fail('It was ended.');
  t.is(host.processes.signal(identity, 'SIGKILL'), 'sent');
});
