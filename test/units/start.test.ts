import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import {
  fixed,
  fixture,
  freePort,
  host,
  isAlive,
  mainOf,
  makeRig,
  node,
  startOptions,
  stopOptions,
  unit,
  until,
} from './rig.js';

test('a started server is ready when its port is its own, is recorded, and stops', async (t) => {
  const { units, view } = makeRig(t);
  const port = await freePort();
  const spec = unit({ argv: [node, fixture('listens.mjs')], port: fixed(port) });
  const started = await units.start(spec, startOptions());
  t.is(started.kind, 'ready', JSON.stringify(started));
  const main = mainOf(started);
  t.is(await host.sockets.connect({ port, host: '127.0.0.1' }, 1000), 'open');
  const seen = view(spec.key);
  t.is(seen?.state, 'running');
  t.deepEqual(seen?.main, main);
  t.is(seen?.sighting?.role, 'owner');
  t.is(seen?.sighting?.ready, true);
  t.deepEqual(seen?.sighting?.endpoints, [{ kind: 'tcp', port, host: '127.0.0.1' }]);

  const again = await units.start(spec, startOptions());
  t.deepEqual(again, { kind: 'running', main, port, olderSpec: false });
  const changed = await units.start(
    unit({ ...spec, argv: [node, fixture('listens.mjs')], autostart: false }),
    startOptions(),
  );
  t.like(changed, { kind: 'running', olderSpec: true });

  const stopped = await units.stop(spec.key, stopOptions());
  t.is(stopped.kind, 'stopped', JSON.stringify(stopped));
  t.false(isAlive(main.pid));
  const after = view(spec.key);
  t.is(after?.state, 'stopped');
  t.is(after?.exit?.code, 0);
  t.is((await units.stop(spec.key, stopOptions())).kind, 'not-running');
  t.true(await units.remove(spec.key, { logs: true }));
  t.is(view(spec.key), undefined);
});

test('without a port, ready is 300 ms of life', async (t) => {
  const { units } = makeRig(t);
  const started = await units.start(unit(), startOptions());
  t.is(started.kind, 'ready');
  t.true(started.kind === 'ready' && started.ms >= 250);
});

for (const [code, words] of [
  [0, 'exited with code 0'],
  [1, 'exited with code 1'],
  [143, 'ended by signal 15 (SIGTERM), or exited with code 143'],
] as const) {
  test(`a server that exits with ${code} at once is failed, with its code`, async (t) => {
    const { units, view } = makeRig(t);
    const spec = unit({ shell: `echo said >&2; exit ${code}` });
    const started = await units.start(spec, startOptions());
    t.like(started, { kind: 'failed', code: 'MPM_EXITED_EARLY', stderr: ['said'] });
    t.true(started.kind === 'failed' && started.message.includes(words), JSON.stringify(started));
    const seen = view(spec.key);
    t.is(seen?.state, 'failed');
    t.is(seen?.exit?.code, code);
  });
}

test('a server that kills itself is told by its signal', async (t) => {
  const { units } = makeRig(t);
  const started = await units.start(unit({ shell: 'kill -9 $$' }), startOptions());
  t.true(
    started.kind === 'failed' && started.message.includes('signal 9 (SIGKILL)'),
    JSON.stringify(started),
  );
});

test('an exit that the policy allows is done, and a task is done at 0', async (t) => {
  const { units, view } = makeRig(t);
  const calm = unit({ shell: 'exit 7', restart: { policy: 'on-failure', exitCodes: [7] } });
  t.like(await units.start(calm, startOptions()), { kind: 'done', code: 0 });
  t.is(view(calm.key)?.state, 'done');
  const task = unit({ key: 'default/migrate:0', type: 'task', shell: 'sleep 0.5; exit 0' });
  const outcome = await units.start(task, startOptions());
  t.like(outcome, { kind: 'done', code: 0 });
  t.true(outcome.kind === 'done' && outcome.ms >= 450);
  const bad = unit({ key: 'default/bad:0', type: 'task', shell: 'exit 4' });
  t.like(await units.start(bad, startOptions()), { kind: 'failed', code: 'MPM_TASK_FAILED' });
});

test('what a failed server wrote is shown without anything that a terminal obeys', async (t) => {
  const { units } = makeRig(t);
  const started = await units.start(
    unit({ argv: [node, fixture('fails-with-colours.mjs')] }),
    startOptions(),
  );
  t.deepEqual(started.kind === 'failed' && started.stderr, ['red  bell done']);
});

test('a missing module is named with the command that installs it', async (t) => {
  const { units, folder } = makeRig(t);
  const started = await units.start(
    unit({ argv: [node, '-e', "require('left-pad-of-nobody/x')"], launch: { cwd: folder } }),
    startOptions(),
  );
  t.true(started.kind === 'failed' && started.message.includes('left-pad-of-nobody is not installed'));
  t.is(
    started.kind === 'failed' && started.hint,
    `Install it: cd ${folder} && npm install left-pad-of-nobody`,
  );
});

test('a taken port is refused with its holder, and nothing is spawned or recorded', async (t) => {
  const { units, view, path } = makeRig(t);
  const port = await freePort();
  const { createServer } = await import('node:net');
  const stranger = createServer().listen(port, '127.0.0.1');
  t.teardown(() => stranger.close());
  await new Promise((resolve) => stranger.once('listening', resolve));
  const spec = unit({ argv: [node, fixture('listens.mjs')], port: fixed(port) });
  const started = await units.start(spec, startOptions());
  t.like(started, { kind: 'failed', code: 'MPM_PORT_TAKEN' });
  t.true(
    started.kind === 'failed' && started.message.includes(`held by ${process.pid} `),
    JSON.stringify(started),
  );
  t.true(started.kind === 'failed' && started.hint.includes(`mpm-io diagnose --port ${port}`));
  t.is(view(spec.key), undefined);
  t.deepEqual(host.files.list(join(path, 'units')), []);
});

test('a server that listens elsewhere is never ready, is told so, and is stopped', async (t) => {
  const { units, view } = makeRig(t);
  const [port, other] = [await freePort(), await freePort()];
  const spec = unit({
    argv: [node, fixture('listens.mjs'), String(other)],
    port: fixed(port),
    ready: { timeout: 3000 },
  });
  const started = await units.start(spec, startOptions());
  t.like(started, { kind: 'failed', code: 'MPM_READY_TIMEOUT' });
  t.true(
    started.kind === 'failed' && started.message.includes(`listens on ${other} instead`),
    JSON.stringify(started),
  );
  t.is(await host.sockets.connect({ port: other, host: '127.0.0.1' }, 500), 'refused');
  t.like(view(spec.key), { state: 'failed', main: null });
  t.is(view(spec.key)?.record.desired, 'up');
});

test('an http probe must say what is expected, and a log probe reads only what this run wrote', async (t) => {
  const { units, home } = makeRig(t);
  const port = await freePort();
  const web = unit({
    argv: [node, fixture('listens.mjs')],
    port: fixed(port),
    ready: { probe: { kind: 'http', url: '/health', expect: [{ path: 'status', oneOf: ['ok'] }] } },
  });
  t.is((await units.start(web, startOptions())).kind, 'ready');
  const wrong = {
    ...web.ready,
    timeout: 2500,
    probe: { kind: 'http' as const, url: '/', expect: [{ path: 'status', oneOf: ['no'] }] },
  };
  const second = await freePort();
  const refused = await units.start(
    { ...web, key: 'default/other:0', port: fixed(second), ready: wrong },
    startOptions(),
  );
  t.true(
    refused.kind === 'failed' && refused.message.includes('status is ok, not no'),
    JSON.stringify(refused),
  );

  const logged = (shell: string, timeout: number) =>
    unit({
      key: 'default/log:0',
      shell,
      ready: { timeout, probe: { kind: 'log', pattern: 'up (now)', flags: 'i' } },
    });
  t.is((await units.start(logged('echo UP NOW; exec sleep 100', 5000), startOptions())).kind, 'ready');
  await units.stop('default/log:0', stopOptions());
  const silent = await units.start(logged('exec sleep 100', 600), startOptions());
  t.like(silent, { kind: 'failed', code: 'MPM_READY_TIMEOUT' });
  t.is(readFileSync(join(home.logs, 'default', 'log.out.log'), 'utf8'), 'UP NOW\n');
});

test('missing things are named before anything is spawned', async (t) => {
  const { units, folder } = makeRig(t);
  const codeOf = async (spec: ReturnType<typeof unit>): Promise<string> => {
    const outcome = await units.start(spec, startOptions());
    return outcome.kind === 'failed' ? `${outcome.code} ${outcome.message}` : outcome.kind;
  };
  t.regex(await codeOf(unit({ launch: { cwd: join(folder, 'no') } })), /MPM_CWD_MISSING .*\/no$/);
  t.regex(await codeOf(unit({ argv: ['no-such-program'] })), /MPM_PROGRAM_MISSING .*no-such-program/);
  t.regex(await codeOf(unit({ argv: [node, join(folder, 'no.js')] })), /MPM_SCRIPT_MISSING .*no\.js/);
  t.regex(await codeOf(unit({ argv: [fixture('listens.mjs')] })), /MPM_PROGRAM_NOT_EXECUTABLE/);
  t.regex(await codeOf(unit({ launch: { envFiles: [join(folder, '.env')] } })), /MPM_ENV_FILE_MISSING/);
  t.regex(await codeOf(unit({ launch: { user: 'nobody-of-that-name' } })), /MPM_USER_UNKNOWN/);
  t.regex(await codeOf(unit({ key: 'default/web:9', port: fixed(65_530) })), /MPM_PORT_OUT_OF_RANGE .*65539/);
});

test('a name of a shell builtin runs the program of that name', async (t) => {
  const { units, home } = makeRig(t);
  const spec = unit({ type: 'task', argv: ['echo', 'a  b', '$HOME', "it's"] });
  t.like(await units.start(spec, startOptions()), { kind: 'done' });
  t.is(readFileSync(join(home.logs, 'default', 'web.out.log'), 'utf8'), "a  b $HOME it's\n");
});

test('an interrupted start leaves nothing behind', async (t) => {
  const { units, view } = makeRig(t);
  const controller = new AbortController();
  const spec = unit({
    argv: [node, fixture('listens.mjs'), String(await freePort())],
    port: fixed(await freePort()),
    ready: { timeout: 20_000 },
  });
  const starting = units.start(spec, startOptions({ signal: controller.signal }));
  await until('starting', () => view(spec.key)?.state === 'starting' && view(spec.key)?.main);
  const pid = view(spec.key)?.main?.pid ?? 0;
  controller.abort();
  t.is((await starting).kind, 'interrupted');
  t.false(isAlive(pid));
  t.like(view(spec.key), { state: 'stopped' });
});

test('files of a unit are private, and the home is made 0700 only by the first write', async (t) => {
  const { units, view, path, home } = makeRig(t);
  t.is(view('default/web:0'), undefined);
  t.is(host.files.stat(path), null);
  await units.start(unit(), startOptions());
  t.is(statSync(path).mode & 0o777, 0o700);
  for (const file of ['units/0/spec.json', 'units/0/run.json', 'logs/default/web.out.log']) {
    t.is(statSync(join(home.path, file)).mode & 0o777, 0o600, file);
  }
});

test('a stranger that takes the port behind the check blocks ready, and is named and left alone', async (t) => {
  const { units, view } = makeRig(t);
  const port = await freePort();
  const { createServer } = await import('node:net');
  const stranger = createServer();
  t.teardown(() => stranger.close());
  const spec = unit({ port: fixed(port), ready: { timeout: 10_000 } });
  const starting = units.start(spec, startOptions());
  await until('spawned', () => view(spec.key)?.main);
  await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
  const started = await starting;
  t.like(started, { kind: 'failed', code: 'MPM_PORT_TAKEN' });
  t.true(started.kind === 'failed' && started.message.includes(`${process.pid} `), JSON.stringify(started));
  t.like(view(spec.key), { state: 'failed', main: null });

  const shared = unit({ key: 'default/any:0', port: fixed(port), ready: { anyOwner: true } });
  t.is((await units.start(shared, startOptions())).kind, 'ready');
});

test('without waiting, a start returns once it is spawned and recorded', async (t) => {
  const { units, view } = makeRig(t);
  const spec = unit();
  const started = await units.start(spec, startOptions({ noWait: true }));
  t.is(started.kind, 'spawned');
  t.like(view(spec.key), { state: 'running', main: mainOf(started) });
  t.is(view(spec.key)?.sighting?.ready, null);
});

test('taken by a tree whose leader is a wrapper, the port is still its own', async (t) => {
  const { units } = makeRig(t);
  const port = await freePort();
  const spec = unit({ shell: `${node} ${fixture('listens.mjs')}; true`, port: fixed(port) });
  const started = await units.start(spec, startOptions());
  t.is(started.kind, 'ready', JSON.stringify(started));
  t.is((await units.stop(spec.key, stopOptions())).kind, 'stopped');
  t.is(await host.sockets.connect({ port, host: '127.0.0.1' }, 500), 'refused');
});
