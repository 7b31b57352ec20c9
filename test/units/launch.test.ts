import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { UnitSpec } from '../../src/model/unit.js';
import {
  fixed,
  fixture,
  freePort,
  host,
  isAlive,
  killHard,
  mainOf,
  makeRig,
  node,
  type Rig,
  startOptions,
  stopOptions,
  unit,
  until,
} from './rig.js';

const environmentOf = async (
  rig: Rig,
  spec: UnitSpec,
  inherited: Record<string, string>,
): Promise<unknown> => {
  const outcome = await rig.units.start(spec, startOptions({ environment: inherited }));
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return JSON.parse(readFileSync(join(rig.home.logs, 'default', 'web.out.log'), 'utf8'));
};

const printer = { type: 'task' as const, argv: [node, fixture('prints-environment.mjs')] };

test('a server finds exactly: what was inherited, the files, what is declared, what we inject', async (t) => {
  const rig = makeRig(t);
  const file = join(rig.folder, '.env');
  writeFileSync(file, 'A=file\nB=file\n# no\nQUOTED="a b"\n');
  const port = await freePort();
  const seen = await environmentOf(
    rig,
    unit({
      ...printer,
      port: fixed(port),
      launch: { env: { B: 'declared', WHERE: 'on {port}', 'odd-name.x': 'odd' }, envFiles: [file] },
    }),
    { PATH: '/usr/bin:/bin', A: 'caller', MPM_IO_UNIT: 'a/b/1', KEPT: 'caller\nwith lines' },
  );
  t.deepEqual(seen, {
    PATH: '/usr/bin:/bin',
    A: 'file',
    B: 'declared',
    QUOTED: 'a b',
    KEPT: 'caller\nwith lines',
    WHERE: `on ${port}`,
    'odd-name.x': 'odd',
    PWD: '/tmp',
    MPM_IO_UNIT: `${rig.path}/default/web:0/1`,
    MPM_IO_NAME: 'web',
    MPM_IO_INSTANCE: '0',
    NODE_APP_INSTANCE: '0',
    PORT: String(port),
    HOST: '127.0.0.1',
  });
});

test('filterEnv leaves out, and units of pm2 get its names', async (t) => {
  const all = await environmentOf(makeRig(t), unit({ ...printer, host: null, launch: { filterEnv: true } }), {
    A: '1',
  });
  t.deepEqual(Object.keys(all as object).sort(), [
    'MPM_IO_INSTANCE',
    'MPM_IO_NAME',
    'MPM_IO_UNIT',
    'NODE_APP_INSTANCE',
    'PWD',
  ]);
  const some = await environmentOf(
    makeRig(t),
    unit({ ...printer, pm2: true, launch: { filterEnv: ['AWS_'] } }),
    {
      AWS_KEY: '1',
      B: '2',
    },
  );
  t.like(some, { B: '2', name: 'web', pm_id: '0' });
  t.false('AWS_KEY' in (some as object));
});

test('umask, nice and nofile reach the server; an impossible nofile is an error in its log', async (t) => {
  const { units, folder, home } = makeRig(t);
  const file = join(folder, 'made');
  const shell = `touch ${file}; ulimit -n; nice`;
  const limits = { umask: 0o027, nice: 5, nofile: 200 };
  t.is((await units.start(unit({ type: 'task', shell, launch: limits }), startOptions())).kind, 'done');
  t.is(statSync(file).mode & 0o777, 0o640);
  t.is(readFileSync(join(home.logs, 'default', 'web.out.log'), 'utf8'), '200\n5\n');
  const wild = unit({ key: 'default/wild:0', type: 'task', shell, launch: { nofile: 2 ** 40 } });
  const failed = await units.start(wild, startOptions());
  t.true(failed.kind === 'failed' && (failed.stderr[0] ?? '').includes('nofile'), JSON.stringify(failed));
});

test('another user gets its own groups and home; the helper stays ours', async (t) => {
  const { units, home, view } = makeRig(t);
  if (host.user.uid !== 0) {
    t.log('skipped: only root can become somebody else');
    t.pass();
    return;
  }
  const spec = unit({ shell: 'id -un; echo $HOME; exec sleep 1000', launch: { user: 'nobody' } });
  const main = mainOf(await units.start(spec, startOptions()));
  t.is(host.processes.details(main.pid)?.uid, 65_534);
  t.is(host.processes.details(view(spec.key)?.helper?.pid ?? 0)?.uid, 0);
  t.regex(readFileSync(join(home.logs, 'default', 'web.out.log'), 'utf8'), /^nobody\n\//);
  t.is((await units.stop(spec.key, stopOptions())).kind, 'stopped');
});

test('a server takes signals as if nobody stood above it', async (t) => {
  const { units, view } = makeRig(t);
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGQUIT', 131],
    ['SIGHUP', 129],
    ['SIGUSR1', 138],
  ] as const) {
    const spec = unit({
      key: `default/${signal}:0`,
      stop: { steps: [{ kind: 'signal', signal, to: 'tree', wait: 4000 }] },
    });
    await units.start(spec, startOptions());
    const stopped = await units.stop(spec.key, stopOptions());
    t.is(stopped.attempts.length, 1, signal);
    t.is(view(spec.key)?.exit?.code, code);
  }
});

test('log files: by name and instance, explicit, combined, none; appended, private', async (t) => {
  const { units, home, folder } = makeRig(t);
  const run = (key: string, logs: Partial<UnitSpec['logs']>) =>
    units.start(unit({ key, type: 'task', shell: 'echo out; echo err >&2', logs }), startOptions());
  const text = (...path: string[]) => readFileSync(join(...path), 'utf8');
  await run('default/a:1', {});
  t.is(text(home.logs, 'default', 'a:1.out.log'), 'out\n');
  t.is(text(home.logs, 'default', 'a:1.err.log'), 'err\n');
  const explicit = { out: join(folder, 'x.log'), err: '/dev/null' };
  await run('default/b:0', explicit);
  await run('default/b:1', explicit);
  await run('default/b:2', { ...explicit, merge: true });
  t.is(text(folder, 'x.log'), 'out\nout\n');
  t.is(text(folder, 'x-1.log'), 'out\n');
  await run('default/c:0', { combined: join(folder, 'c.log') });
  await run('default/c:0', { combined: join(folder, 'c.log') });
  t.is(text(folder, 'c.log'), 'out\nerr\nout\nerr\n');
  t.is(statSync(join(folder, 'c.log')).mode & 0o777, 0o600);
});

for (const name of ['with space', '日本 ü', '..', '../../etc', 'a/b', "it's $HOME `x`", '-n', 'a:1']) {
  test(`a server named ${name} starts, is found and stops, and its files stay in the home`, async (t) => {
    const { units, view, home, folder } = makeRig(t);
    const spec = unit({ key: `default/${name}:0` });
    const main = mainOf(await units.start(spec, startOptions()));
    t.like(view(spec.key), { state: 'running', main });
    t.is(host.processes.details(view(spec.key)?.helper?.pid ?? 0)?.argv[3], `mpm-io-helper ${spec.key}`);
    t.is(host.files.list(join(home.logs, 'default')).length, 2);
    t.deepEqual(host.files.list(folder), ['home']);
    t.is((await units.stop(spec.key, stopOptions())).kind, 'stopped');
  });
}

test('a range gives each instance its own port and keeps it', async (t) => {
  const { units, view } = makeRig(t);
  const from = await freePort();
  const spec = (index: number) =>
    unit({
      key: `default/r:${index}`,
      argv: [node, fixture('listens.mjs')],
      port: { kind: 'range', from, to: Math.min(from + 20, 65_535) },
    });
  const outcomes = await Promise.all([0, 1].map((index) => units.start(spec(index), startOptions())));
  t.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['ready', 'ready'],
    JSON.stringify(outcomes),
  );
  const ports = [0, 1].map((index) => view(`default/r:${index}`)?.record.run?.port);
  t.is(new Set(ports).size, 2);
  await units.stop('default/r:0', stopOptions());
  await units.stop('default/r:1', stopOptions());
  t.like(await units.start(spec(1), startOptions()), { kind: 'ready', port: ports[1] });
});

test('waitFor is asked before the spawn', async (t) => {
  const { units, view } = makeRig(t);
  const port = await freePort();
  const spec = unit({ waitFor: [{ kind: 'tcp', host: '127.0.0.1', port }], ready: { timeout: 400 } });
  t.like(await units.start(spec, startOptions()), { kind: 'failed', code: 'MPM_WAIT_FOR_TIMEOUT' });
  t.is(view(spec.key), undefined);
  await units.start(
    unit({ key: 'default/db:0', argv: [node, fixture('listens.mjs')], port: fixed(port) }),
    startOptions(),
  );
  const patient = { ...spec, ready: { ...spec.ready, timeout: 30_000 } };
  t.is((await units.start(patient, startOptions())).kind, 'ready');
});

test('a program that goes to the background is known by its PID file', async (t) => {
  const { units, view, folder, path } = makeRig(t);
  const file = join(folder, 'd.pid');
  const daemon = (...args: string[]) =>
    unit({
      argv: ['sh', fixture('daemonises.sh'), file, ...args],
      main: { kind: 'pidFile', paths: [join(folder, 'no.pid'), file] },
    });
  const spec = daemon();
  const main = mainOf(await units.start(spec, startOptions()));
  t.is(main.pid, Number(readFileSync(file, 'utf8')));
  t.like(view(spec.key), { state: 'running', main });
  t.like(await units.start(spec, startOptions()), { kind: 'running', main });
  killHard(main.pid);
  await until('failed', () => view(spec.key)?.state === 'failed');
  t.like(view(spec.key), { reason: 'ended; its exit was not observed' });
  const again = mainOf(await units.start(spec, startOptions()));
  t.is((await units.stop(spec.key, stopOptions())).kind, 'stopped');
  t.false(isAlive(again.pid));

  for (const [text, words] of [
    ['garbage', /holds no PID/],
    [String(process.pid), /running before|not a server/],
    ['1', /holds no PID/],
    ['-5', /holds no PID/],
  ] as const) {
    const outcome = await units.start(
      { ...daemon(text), ready: { ...spec.ready, timeout: 1500 } },
      startOptions(),
    );
    t.like(outcome, { kind: 'failed', code: 'MPM_PID_FILE_USELESS' });
    t.regex(outcome.kind === 'failed' ? outcome.message : '', words);
    const left = [...host.processes.table().rows.values()].filter(
      ({ pid }) => host.processes.details(pid)?.environment?.['MPM_IO_UNIT']?.startsWith(`${path}/`) === true,
    );
    t.deepEqual(left, [], 'the daemon that nobody can name is not left running');
  }
  const broken = await units.start(
    { ...daemon(), launch: { ...spec.launch, command: { shell: 'exit 9' } } },
    startOptions(),
  );
  t.true(broken.kind === 'failed' && broken.message.includes('code 9'));
});

test('a PID file names nobody that this start did not spawn, and nothing where a stranger could write it', async (t) => {
  const { units, folder, view } = makeRig(t);
  const file = join(folder, 'd.pid');
  const spec = unit({
    shell: `sleep 1000 & exit 0`,
    main: { kind: 'pidFile', paths: [file] },
    ready: { timeout: 1500 },
  });
  const start = async (plant: (pid: number) => void) => {
    const outcome = units.start(spec, startOptions());
    await host.clock.sleep(300);
    const bystander = spawn('sleep', ['1000'], { detached: true });
    t.teardown(() => killHard(bystander.pid ?? 0));
    plant(bystander.pid ?? 0);
    const ended = await outcome;
    t.true(isAlive(bystander.pid ?? 0), 'nobody ended the bystander');
    t.like(ended, { kind: 'failed', code: 'MPM_PID_FILE_USELESS' });
    t.is(view(spec.key)?.record.run?.main, null);
    host.files.remove(file);
    return ended.kind === 'failed' ? ended.message : '';
  };
  t.regex(await start((pid) => writeFileSync(file, String(pid))), /did not spawn/);
  const open = await start((pid) => {
    writeFileSync(file, String(pid));
    chmodSync(file, 0o666);
  });
  t.regex(open, /any user can write it/);
  if (host.user.uid !== 0) return;
  const foreign = await start((pid) => {
    writeFileSync(file, String(pid));
    chownSync(file, 65534, 65534);
  });
  t.regex(foreign, /belongs to user 65534/);
});

test('a FIFO, a folder or a huge file as log or envFile is refused at once', async (t) => {
  const { units, folder } = makeRig(t);
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  t.like(await units.start(unit({ logs: { out: fifo } }), startOptions()), {
    kind: 'failed',
    code: 'MPM_SPAWN_FAILED',
  });
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const read = await units.start(unit({ logs: { out: fifo } }), startOptions());
  closeSync(reader);
  t.regex(read.kind === 'failed' ? read.message : '', /fifo is neither a plain file nor a device/);
  const huge = join(folder, 'huge');
  writeFileSync(huge, `A=${'x'.repeat(1024 * 1024)}`);
  for (const path of [fifo, folder, huge]) {
    const refused = await units.start(unit({ launch: { envFiles: [path] } }), startOptions());
    t.like(refused, { kind: 'failed', code: 'MPM_ENV_FILE_UNREADABLE' });
  }
  const device = unit({ logs: { out: '/dev/zero' } });
  t.is((await units.start(device, startOptions())).kind, 'ready');
});

test('the PID file that we write names the process, and goes with it', async (t) => {
  const { units, folder } = makeRig(t);
  const file = join(folder, 'run', '{name}-{port}.pid');
  const port = await freePort();
  const spec = unit({
    argv: [node, fixture('listens.mjs')],
    port: fixed(port),
    writePidFile: { path: file, format: 'json' },
  });
  const main = mainOf(await units.start(spec, startOptions()));
  const written = join(folder, 'run', `web-${port}.pid`);
  t.like(JSON.parse(readFileSync(written, 'utf8')), { ...main, key: spec.key, port });
  await units.stop(spec.key, stopOptions());
  t.is(host.files.stat(written), null);

  await units.start(spec, startOptions());
  writeFileSync(written, '4194000');
  await units.stop(spec.key, stopOptions());
  t.is(readFileSync(written, 'utf8'), '4194000', 'somebody else’s by now');
});

test('a spawn that fails is recorded as failed, with why', async (t) => {
  const { units, view, folder } = makeRig(t);
  writeFileSync(join(folder, 'file'), '');
  const spec = unit({ logs: { out: join(folder, 'file', 'no.log') } });
  const failed = await units.start(spec, startOptions());
  t.like(failed, { kind: 'failed', code: 'MPM_SPAWN_FAILED' });
  t.like(view(spec.key), { state: 'failed', main: null });
  t.regex(view(spec.key)?.reason ?? '', /could not be spawned/);
});
