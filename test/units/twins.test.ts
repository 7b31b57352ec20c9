import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { UnitSpec } from '../../src/model/unit.js';
import { helperCommand } from '../../src/units/helper.js';
import { createKeeper } from '../../src/units/keeper.js';
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
  type Rig,
  startOptions,
  stopOptions,
  unit,
  until,
} from './rig.js';

const startElsewhere = (path: string, spec: UnitSpec, ...before: string[]): ChildProcess => {
  const [program = '', ...args] = [...before, node, fixture('starts-unit.mjs'), path, JSON.stringify(spec)];
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
};

const outcomeOf = async (child: ChildProcess): Promise<{ kind: string; main?: { pid: number } }> => {
  let text = '';
  child.stdout?.on('data', (data: Buffer) => (text += data.toString()));
  await once(child, 'close');
  return JSON.parse(text) as { kind: string };
};

test('ten commands that start one unit at once spawn it once', async (t) => {
  const { path } = makeRig(t);
  const spec = unit({ argv: [node, fixture('listens.mjs')], port: fixed(await freePort()) });
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => outcomeOf(startElsewhere(path, spec))));
  t.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['ready', ...Array<string>(9).fill('running')]);
  t.is(new Set(outcomes.map(({ main }) => main?.pid)).size, 1);
  t.is(carriersOf(path).length, 2, 'a helper and a server');
});

test('commands of several network namespaces that start one unit at once spawn it once', async (t) => {
  if (spawnSync('unshare', ['-n', 'true']).status !== 0) {
    t.log('not tried: unshare -n is missing or not allowed here');
    t.pass();
    return;
  }
  const { path } = makeRig(t);
  for (let round = 0; round < 15; round += 1) {
    const spec = unit({ key: `default/web${round}:0` });
    const apart = [[], ['unshare', '-n'], [], ['unshare', '-n']];
    const outcomes = await Promise.all(apart.map((words) => outcomeOf(startElsewhere(path, spec, ...words))));
    const told = outcomes.map(({ kind }) => kind).sort();
    t.deepEqual(told, ['ready', 'running', 'running', 'running'], `round ${round}`);
    t.is(new Set(outcomes.map(({ main }) => main?.pid)).size, 1, `round ${round}`);
    t.is(carriersOf(path).length, 2 * (round + 1), 'a helper and a server each');
  }
});

test('ten starts inside one command spawn it once', async (t) => {
  const { units, path } = makeRig(t);
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => units.start(unit(), startOptions())));
  t.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['ready', ...Array<string>(9).fill('running')]);
  t.is(carriersOf(path).length, 2);
});

test('a launcher that is killed at any moment of a start leaves one server or none, never two', async (t) => {
  const { units, path, view } = makeRig(t);
  for (const [round, delay] of [0, 3, 6, 10, 15, 25, 60].entries()) {
    const spec = unit({ key: `default/web${round}:0` });
    const child = startElsewhere(path, spec);
    await until('a home that is being written', () => host.files.stat(join(path, 'lock.json')));
    await until('spec of this round', () => child.exitCode !== null || view(spec.key) !== undefined);
    await host.clock.sleep(delay);
    killHard(child.pid ?? 0);
    const started = await units.start(spec, startOptions());
    t.true(started.kind === 'ready' || started.kind === 'running', JSON.stringify(started));
    const marked = carriersOf(path).filter((pid) => environ(pid).includes(`/default/web${round}:0/`));
    t.is(marked.length, 2, `round ${round}: a helper and a server`);
    t.true(isAlive(mainOf(started).pid));
  }
});

test('spawned and not recorded: the marker finds it', async (t) => {
  const { units, home, view } = makeRig(t);
  const spec = unit();
  const main = mainOf(await units.start(spec, startOptions()));
  const file = join(home.units, '0', 'run.json');
  const run = JSON.parse(readFileSync(file, 'utf8')) as { current: object };
  const current = { ...run.current, main: null, helper: null, readyAt: null, waiter: null };
  host.files.writeAtomic(file, JSON.stringify({ ...run, current }));
  t.like(view(spec.key), { state: 'running', main });
  t.like(await units.start(spec, startOptions()), { kind: 'running', main });
  t.like(JSON.parse(readFileSync(file, 'utf8')), { current: { main } });
});

test('from another PID namespace a server is neither started again, nor stopped, nor forgotten', async (t) => {
  if (spawnSync('unshare', ['-pf', '--mount-proc', 'true']).status !== 0) {
    t.pass('not allowed here');
    return;
  }
  const { units, path, view } = makeRig(t);
  const main = mainOf(await units.start(unit(), startOptions()));
  const args = ['-pf', '--mount-proc', node, fixture('starts-unit.mjs'), path, JSON.stringify(unit())];
  const inside = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.like(await outcomeOf(inside), { kind: 'failed', code: 'MPM_OTHER_NAMESPACE' });
  t.is(carriersOf(path).length, 2);
  t.like(view(unit().key), { state: 'running', main });

  const namespace = spawn('unshare', ['-pf', 'sleep', '1000'], { detached: true });
  t.teardown(() => killHard(namespace.pid ?? 0));
  const sleeper = await until('its child', () => host.processes.children(namespace.pid ?? 0)[0]);
  t.teardown(() => killHard(sleeper));
  const number = /\d+/.exec(readlinkSync(`/proc/${sleeper}/ns/pid`))?.[0] ?? '';
  const file = join(path, 'units', '0', 'run.json');
  const other = { ...main, boot: `${main.boot.split('/')[0]}/${number}` };
  const run = JSON.parse(readFileSync(file, 'utf8')) as { current: object };
  const current = { ...run.current, main: other, helper: other };
  host.files.writeAtomic(file, JSON.stringify({ ...run, current }));
  t.regex(view(unit().key)?.reason ?? '', /another PID namespace/);
  t.like(await units.start(unit(), startOptions()), { kind: 'failed', code: 'MPM_OTHER_NAMESPACE' });
  await t.throwsAsync(units.stop(unit().key, stopOptions()), { code: 'MPM_OTHER_NAMESPACE' });
  await t.throwsAsync(units.remove(unit().key, { logs: false }), { code: 'MPM_OTHER_NAMESPACE' });
  t.true(isAlive(main.pid));
  killHard(sleeper);
  await until('the namespace is gone', () => view(unit().key)?.state === 'stopped');
});

test('a key of another file is refused by that file’s name, unless that file has gone', async (t) => {
  const { units, folder } = makeRig(t);
  const [one, two] = [join(folder, 'one.json'), join(folder, 'two.json')];
  host.files.writeAtomic(one, '{}');
  host.files.writeAtomic(two, '{}');
  t.is((await units.start(unit({ declaredIn: one }), startOptions())).kind, 'ready');
  const refused = await units.start(unit({ declaredIn: two }), startOptions());
  t.like(refused, { kind: 'failed', code: 'MPM_KEY_TAKEN' });
  t.true(refused.kind === 'failed' && refused.message.includes(one) && refused.hint.includes('namespace'));
  host.files.remove(one);
  t.is((await units.start(unit({ declaredIn: two }), startOptions())).kind, 'running');
});

test('what a crashed server left behind is ended before the next one', async (t) => {
  const { units, folder, view } = makeRig(t);
  const file = join(folder, 'child.pid');
  const spec = unit({ argv: ['sh', fixture('leaves-session.sh'), file] });
  const main = mainOf(await units.start(spec, startOptions()));
  const left = await until('the child', () => readNumber(file));
  killHard(main.pid);
  await until('failed', () => view(spec.key)?.state === 'failed');
  t.true(isAlive(left));
  host.files.remove(file);
  const again = await units.start(spec, startOptions());
  t.is(again.kind, 'ready');
  t.false(isAlive(left));
  t.is(view(spec.key)?.record.run?.generation, 2);
});

test('a helper that has not forked yet is no server: neither shown, nor doubled, nor lost to a stop', async (t) => {
  const rig = makeRig(t);
  const { units, view, path } = rig;
  const spec = unit();
  await units.start(spec, startOptions());
  await units.stop(spec.key, stopOptions());

  const first = await plantHelper(t, rig, spec);
  t.like(view(spec.key), { state: 'starting', main: null });
  const started = units.start(spec, startOptions());
  await host.clock.sleep(50);
  process.kill(first, 'SIGCONT');
  const main = mainOf(await started);
  t.deepEqual([...host.processes.children(first)], [main.pid]);
  t.is((await units.stop(spec.key, stopOptions())).kind, 'stopped');

  const second = await plantHelper(t, rig, spec);
  const stopped = units.stop(spec.key, stopOptions());
  await host.clock.sleep(50);
  process.kill(second, 'SIGCONT');
  t.is((await stopped).kind, 'stopped');
  await until('the end of all', () => carriersOf(path).length === 0);
  t.is(view(spec.key)?.state, 'stopped');
});

test('a start that another command has not got through is no success, unless nobody waits and it is spawned', async (t) => {
  const rig = makeRig(t);
  const { units, view, home } = rig;
  const spec = unit({ ready: { timeout: 200 } });
  await units.start(unit(), startOptions());
  await units.stop(spec.key, stopOptions());
  const helper = await plantHelper(t, rig, spec);
  const started = await units.start(spec, startOptions());
  t.like(started, {
    kind: 'failed',
    code: 'MPM_START_PENDING',
    hint: 'See how far it is: mpm-io status web:0',
  });
  t.like(await units.start(spec, startOptions({ noWait: true })), { kind: 'spawned', main: null });
  killHard(helper);
  await until('the helper has gone', () => !isAlive(helper));
  const file = join(home.units, '0', 'run.json');
  const run = JSON.parse(readFileSync(file, 'utf8')) as { current: object };
  const current = { ...run.current, main: null, helper: null, waiter: host.processes.identify(process.pid) };
  host.files.writeAtomic(file, JSON.stringify({ ...run, current }));
  t.like(view(spec.key), { state: 'starting', helper: null });
  const unspawned = await units.start(spec, startOptions({ noWait: true }));
  t.like(unspawned, { kind: 'failed', code: 'MPM_START_PENDING' });
});

test('who carries a marker is known as of a second ago', (t) => {
  const { home } = makeRig(t);
  let now = 0;
  let asked = 0;
  const variables = (): ReadonlyMap<number, string> => {
    asked += 1;
    return new Map();
  };
  const clock = { ...host.clock, monotonic: () => now };
  const keeper = createKeeper({
    host: { ...host, clock, processes: { ...host.processes, variables } },
    home,
  });
  for (now of [0, 500, 1000]) keeper.carriers();
  t.is(asked, 1);
  now = 1001;
  keeper.carriers();
  t.is(asked, 2);
});

/** What a start leaves that was killed right behind its spawn: a record without processes, a helper at its first word. */
const plantHelper = async (t: ExecutionContext, { home }: Rig, spec: UnitSpec): Promise<number> => {
  const folder = join(home.units, '0');
  const change = (name: string, edit: (record: Record<string, unknown>) => object): void => {
    const record = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>;
    host.files.writeAtomic(join(folder, name), JSON.stringify({ ...record, ...edit(record) }));
  };
  let generation = 0;
  change('run.json', ({ current }) => {
    const last = current as { readonly generation: number };
    generation = last.generation + 1;
    return { current: { ...last, generation, main: null, helper: null, readyAt: null, waiter: null } };
  });
  change('spec.json', () => ({ desired: 'up', reason: null, generation }));
  const env = { PATH: '/usr/bin:/bin', MPM_IO_UNIT: `${home.path}/${spec.key}/${generation}` };
  const [program = '', flag = '', script = '', ...words] = helperCommand({
    key: spec.key,
    exitFile: join(folder, `exit.${generation}`),
    umask: null,
    nofile: null,
    environment: env,
    argv: ['/bin/sleep', '1000'],
  });
  const waiting = script.replace('\n', () => '\nkill -STOP $$\n');
  const log = openSync('/dev/null', 'w'); // 'ignore' leaves the fourth one closed
  const { pid = 0 } = spawn(program, [flag, waiting, ...words], {
    env,
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', log],
  });
  closeSync(log);
  t.teardown(() => killHard(pid));
  await until('it is stopped', () => host.processes.row(pid)?.state === 'T');
  return pid;
};

const environ = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
};
