import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import test from 'ava';
import { createLauncher } from '../../src/units/launcher.js';
import { halt } from '../../src/units/halt.js';
import { logFilesOf } from '../../src/units/log-files.js';
import {
  carriersOf,
  fixed,
  fixture,
  freePort,
  host,
  isAlive,
  killHard,
  mainOf,
  makeRig,
  node,
  readNumber,
  sigterm,
  startOptions,
  stopOptions,
  unit,
  until,
} from './rig.js';

test('a grandchild in a session of its own that ignores TERM is ended as well', async (t) => {
  const { units, folder, path } = makeRig(t);
  const file = join(folder, 'child.pid');
  const spec = unit({ argv: ['sh', fixture('leaves-session.sh'), file], stop: { steps: [sigterm(300)] } });
  await units.start(spec, startOptions());
  const pid = await until('the child', () => readNumber(file));
  t.not(host.processes.row(pid)?.session, host.processes.row(process.pid)?.session);
  const stopped = await units.stop(spec.key, stopOptions());
  t.is(stopped.kind, 'stopped', JSON.stringify(stopped));
  t.is(stopped.attempts.length, 2);
  t.regex(stopped.attempts[1]?.what ?? '', /^SIGKILL/);
  t.false(isAlive(pid));
  await until('nothing left', () => carriersOf(path).length === 0);
});

test('orphans are known by their marker, or by the session of their helper', async (t) => {
  const { units, folder } = makeRig(t);
  const [marked, scrubbed] = [join(folder, 'marked.pid'), join(folder, 'scrubbed.pid')];
  const spec = unit({ argv: ['sh', fixture('leaves-orphans.sh'), marked, scrubbed] });
  const main = mainOf(await units.start(spec, startOptions()));
  const pids = [
    await until('marked', () => readNumber(marked)),
    await until('scrubbed', () => readNumber(scrubbed)),
  ];
  t.teardown(() => pids.forEach(killHard));
  t.true(pids.every((pid) => host.processes.row(pid)?.ppid !== main.pid));
  t.is((await units.stop(spec.key, stopOptions())).kind, 'stopped');
  t.deepEqual(pids.map(isAlive), [false, false]);
});

test('the deadline holds for the tree: a leader that ends at once does not save a member that ignores TERM', async (t) => {
  const { units, folder } = makeRig(t);
  const file = join(folder, 'child.pid');
  const spec = unit({
    argv: ['sh', fixture('leader-exits.sh'), file],
    stop: { steps: [sigterm(300, 'main')] },
  });
  const started = await units.start(spec, startOptions());
  const pid = await until('the member', () => readNumber(file));
  const stopped = await units.stop(spec.key, stopOptions());
  t.is(stopped.kind, 'stopped');
  t.false(isAlive(pid));
  t.false(isAlive(mainOf(started).pid));
});

test('a frozen server ends by TERM', async (t) => {
  const { units, view } = makeRig(t);
  const spec = unit({ stop: { steps: [sigterm(5000)] } });
  const main = mainOf(await units.start(spec, startOptions()));
  process.kill(main.pid, 'SIGSTOP');
  await until('frozen', () => host.processes.row(main.pid)?.state === 'T');
  const stopped = await units.stop(spec.key, stopOptions());
  t.is(stopped.kind, 'stopped');
  t.is(stopped.attempts.length, 1);
  t.is(view(spec.key)?.exit?.code, 143);
});

test('a helper that was killed costs the exit record, not the server', async (t) => {
  const { units, view } = makeRig(t);
  const spec = unit();
  const main = mainOf(await units.start(spec, startOptions()));
  const helper = view(spec.key)?.helper;
  t.truthy(helper);
  process.kill(helper?.pid ?? 0, 'SIGKILL');
  await until('the helper has gone', () => !isAlive(helper?.pid ?? 0));
  t.like(view(spec.key), { state: 'running', main, helper: null });
  t.like(await units.start(spec, startOptions()), { kind: 'running', main });
  t.is((await units.stop(spec.key, stopOptions())).kind, 'stopped');
  t.false(isAlive(main.pid));
  t.like(view(spec.key)?.exit, { code: null, observed: false });
});

test('killed with its helper, a server is failed and its exit not observed', async (t) => {
  const { units, view } = makeRig(t);
  const spec = unit();
  const main = mainOf(await units.start(spec, startOptions()));
  killHard(view(spec.key)?.helper?.pid ?? 0);
  await until('the helper has gone', () => view(spec.key)?.helper === null);
  killHard(main.pid);
  await until('gone', () => !isAlive(main.pid));
  t.like(view(spec.key), { state: 'failed', main: null, reason: 'its exit was not observed' });
});

test('a signal to the whole group of a server leaves its exit on record', async (t) => {
  const { units, view } = makeRig(t);
  const spec = unit();
  await units.start(spec, startOptions());
  const helper = view(spec.key)?.helper?.pid ?? 0;
  process.kill(-helper, 'SIGTERM');
  await until('gone', () => view(spec.key)?.state === 'failed');
  await until('recorded', () => view(spec.key)?.exit?.code === 143);
  t.regex(view(spec.key)?.reason ?? '', /signal 15 \(SIGTERM\), or exited with code 143/);
});

test('http first, with its token; a program; then signals', async (t) => {
  const { units } = makeRig(t);
  const port = await freePort();
  const http = { kind: 'http' as const, method: 'POST', url: '/shutdown', wait: 3000 };
  const spec = unit({
    argv: [node, fixture('shuts-down-by-http.mjs')],
    port: fixed(port),
    stop: {
      steps: [
        { kind: 'message', wait: 100 },
        { ...http, token: 'wrong' },
        { ...http, token: 'secret' },
      ],
    },
  });
  await units.start(spec, startOptions());
  const stopped = await units.stop(spec.key, stopOptions());
  t.is(stopped.kind, 'stopped');
  t.regex(stopped.attempts[0]?.outcome ?? '', /skipped/);
  t.is(stopped.attempts[1]?.outcome, 'answered 403');
  t.is(stopped.attempts[2]?.outcome, 'answered 202; it ended');

  const byProgram = unit({
    stop: { steps: [{ kind: 'exec', command: { shell: 'kill -INT {pid}' }, wait: 3000 }] },
  });
  await units.start({ ...byProgram, key: 'default/p:0' }, startOptions());
  const second = await units.stop('default/p:0', stopOptions());
  t.regex(second.attempts[0]?.outcome ?? '', /exited with code 0; it ended/);
});

test('force skips what is polite', async (t) => {
  const { units } = makeRig(t);
  const spec = unit({
    argv: [node, fixture('ignores-term.mjs')],
    ready: { probe: { kind: 'log', pattern: 'ready', flags: '' } },
  });
  await units.start(spec, startOptions());
  const stopped = await units.stop(spec.key, stopOptions({ force: true }));
  t.is(stopped.kind, 'stopped');
  t.deepEqual(
    stopped.attempts.map(({ what }) => what),
    ['SIGKILL to its process'],
  );
});

test('what another unit or manager runs below a server is spared and named', async (t) => {
  const { units, folder, path } = makeRig(t);
  const [inner, manager] = [join(folder, 'inner.pid'), join(folder, 'manager.pid')];
  const script = [
    `MPM_IO_UNIT=${path}/default/other:0/1 setsid sh -c 'echo $$ >${inner}; exec sleep 1000' &`,
    `setsid ${node} -e 'process.title="tmux: server"; require("fs").writeFileSync("${manager}", String(process.pid)); require("child_process").spawn("sleep", ["1000"], {detached: true}); setInterval(() => 0, 1000)' &`,
    'exec sleep 1000',
  ].join('\n');
  const spec = unit({ argv: ['sh', '-c', script] });
  await units.start(spec, startOptions());
  const pids = [
    await until('inner', () => readNumber(inner)),
    await until('manager', () => readNumber(manager)),
  ];
  const pane = await until('pane', () => host.processes.children(pids[1] ?? 0)[0]);
  await until('title', () => host.processes.row(pids[1] ?? 0)?.comm.startsWith('tmux'));
  const stopped = await units.stop(spec.key, stopOptions());
  t.is(stopped.kind, 'stopped', JSON.stringify(stopped));
  t.true(pids.every(isAlive));
  t.true(isAlive(pane));
  const named = stopped.spared.map((text) => Number(text.split(' ')[0]));
  t.is(named.length, 2);
  t.true(pids.every((pid) => named.includes(pid)));
  for (const pid of [...pids, pane]) killHard(pid);
});

test('leaveTree leaves what the main process left behind', async (t) => {
  const { units, folder } = makeRig(t);
  const file = join(folder, 'child.pid');
  const spec = unit({ argv: ['sh', fixture('leader-exits.sh'), file], stop: { leaveTree: true } });
  await units.start(spec, startOptions());
  const pid = await until('the member', () => readNumber(file));
  t.is((await units.stop(spec.key, stopOptions())).kind, 'stopped');
  t.true(isAlive(pid));
});

test('halt ends a process with all below it, and refuses an identity that has changed', async (t) => {
  const child = spawn('sh', ['-c', 'sleep 1000 & sleep 1000; :'], { detached: true, stdio: 'ignore' });
  t.teardown(() => killHard(child.pid ?? 0));
  const pid = child.pid ?? 0;
  const below = await until('children', () =>
    host.processes.children(pid).length === 2 ? host.processes.children(pid) : null,
  );
  const main = host.processes.identify(pid);
  if (main === null) throw new Error('it has gone');
  const target = { endpoints: [], stop: { steps: [sigterm(3000)], leaveTree: false }, fill: {} };
  const wrong = await halt(host, { ...target, main: { ...main, start: main.start + 1 } }, stopOptions());
  t.is(wrong.kind, 'not-running');
  t.true(isAlive(pid));
  const stopped = await halt(host, { ...target, main }, stopOptions());
  t.is(stopped.kind, 'stopped');
  t.true([pid, ...below].every((each) => !isAlive(each)));
  t.is((await halt(host, { ...target, main }, stopOptions())).kind, 'not-running');
});

test('a bystander that got the PID of a recorded server is touched by nothing', async (t) => {
  const { units, home, view } = makeRig(t);
  const bystander = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  t.teardown(() => bystander.kill('SIGKILL'));
  const spec = unit({ stop: { steps: [sigterm(300)] } });
  const main = mainOf(await units.start(spec, startOptions()));
  killHard(main.pid);
  await until('gone', () => view(spec.key)?.state === 'failed');
  const file = join(home.units, '0', 'run.json');
  const run = JSON.parse(readFileSync(file, 'utf8')) as { current: { main: object; helper: object } };
  const planted = { ...main, pid: bystander.pid, start: main.start - 1000 };
  host.files.writeAtomic(
    file,
    JSON.stringify({ ...run, current: { ...run.current, main: planted, helper: planted } }),
  );
  t.is(view(spec.key)?.state, 'failed');
  t.is((await units.start(spec, startOptions())).kind, 'ready');
  t.true(isAlive(bystander.pid ?? 0));
  host.files.writeAtomic(
    file,
    JSON.stringify({ ...run, current: { ...run.current, main: planted, helper: planted } }),
  );
  await units.stop(spec.key, stopOptions({ force: true }));
  t.true(isAlive(bystander.pid ?? 0));
});

test('a restart that is cut short leaves a failed server, not one that is wanted down', async (t) => {
  const { units, view } = makeRig(t);
  const spec = unit();
  await units.start(spec, startOptions());
  t.is((await units.stop(spec.key, stopOptions({ reason: 'restart' }))).kind, 'stopped');
  t.like(view(spec.key), { state: 'failed', record: { desired: 'up' } });
  t.regex(view(spec.key)?.reason ?? '', /restart, which was cut short/);
  t.is((await units.start(spec, startOptions())).kind, 'ready');
  t.is(view(spec.key)?.record.reason, null);
});

test('what a start would fail by is told while the server still runs', async (t) => {
  const { units, folder, path, home } = makeRig(t);
  const spec = unit();
  const main = mainOf(await units.start(spec, startOptions()));
  const asked = async (changed: Parameters<typeof unit>[0]) => {
    const outcome = await units.check?.(unit(changed), startOptions());
    return outcome?.kind === 'failed' ? outcome.code : outcome;
  };
  t.is(await asked({}), null);
  t.is(await asked({ launch: { envFiles: [join(folder, 'no.env')] } }), 'MPM_ENV_FILE_MISSING');
  t.is(await asked({ launch: { cwd: join(folder, 'no') } }), 'MPM_CWD_MISSING');
  t.is(await asked({ argv: ['node', 'no.mjs'] }), 'MPM_SCRIPT_MISSING');
  t.is(await asked({ argv: ['no-such-program'] }), 'MPM_PROGRAM_MISSING');
  t.is(await asked({ logs: { out: folder } }), 'MPM_SPAWN_FAILED');
  const full = {
    ...host,
    files: {
      ...host.files,
      writeAtomic: () => {
        throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      },
    },
  };
  const outcome = await createLauncher({ host: full, home }).check?.(spec, startOptions());
  t.like(outcome, { kind: 'failed', code: 'MPM_HOME_UNWRITABLE' });
  t.is(host.files.stat(join(path, 'trial')), null);
  t.true(isAlive(main.pid));
});

test('a record of another boot is stopped, and nothing is signalled for it', async (t) => {
  const { units, home, view } = makeRig(t);
  const spec = unit();
  const main = mainOf(await units.start(spec, startOptions()));
  const file = join(home.units, '0', 'run.json');
  const run = JSON.parse(readFileSync(file, 'utf8')) as { current: object };
  const old = { ...main, boot: 'another-boot/1' };
  host.files.writeAtomic(
    file,
    JSON.stringify({ ...run, current: { ...run.current, main: old, helper: old } }),
  );
  t.like(view(spec.key), { state: 'stopped', main: null });
  t.regex(view(spec.key)?.reason ?? '', /reboot/);
  t.is((await units.stop(spec.key, stopOptions())).kind, 'not-running');
  t.true(isAlive(main.pid));
});

test('the log of errors holds what the server wrote, and no word of the shell that keeps it', async (t) => {
  const { units, path, home } = makeRig(t);
  const script = 'console.error("from the server"); setInterval(() => {}, 1e6)';
  for (const [index, signal] of (['SIGTERM', 'SIGKILL'] as const).entries()) {
    const steps = [{ kind: 'signal' as const, signal, to: 'main' as const, wait: 10_000 }];
    const spec = unit({ argv: [node, '-e', script], key: `default/plain:${index}`, stop: { steps } });
    await units.start(spec, startOptions());
    const { err } = logFilesOf(home, spec);
    await until('its line', () => readFileSync(err ?? '', 'utf8').includes('\n'));
    t.is((await units.stop(spec.key, stopOptions())).kind, 'stopped');
    await until('the end of its helper', () => carriersOf(path).length === 0);
    t.is(readFileSync(err ?? '', 'utf8'), 'from the server\n', signal);
  }
});

test('many that are stopped at once share their looks at the processes, however many they are', async (t) => {
  const { home } = makeRig(t);
  let scans = 0;
  const counting = {
    ...host,
    processes: { ...host.processes, table: () => ((scans += 1), host.processes.table()) },
  };
  const units = createLauncher({ host: counting, home });
  const specs = Array.from({ length: 12 }, (_, index) =>
    unit({ key: `default/many${index}:0`, argv: ['sleep', '1000'] }),
  );
  await Promise.all(specs.map((spec) => units.start(spec, startOptions())));
  scans = 0;
  const outcomes = await Promise.all(specs.map(({ key }) => units.stop(key, stopOptions())));
  t.deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['stopped']));
  t.true(scans < 2 * specs.length, `${scans} scans for ${specs.length} stops`);
});
