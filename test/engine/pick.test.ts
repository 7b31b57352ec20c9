import test from 'ava';
import { assess } from '../../src/engine/assess.js';
import { stateOf } from '../../src/engine/build-report.js';
import { findConflicts } from '../../src/engine/rules/index.js';
import { pick, type PickRequest } from '../../src/engine/pick.js';
import { planStop } from '../../src/engine/plan.js';
import { lookAt } from '../../src/engine/workspace.js';
import { createFakeHost } from '../../src/testing/index.js';
import { fixed, only, recorded, say, server, style, tcp, witness, workspaceOf, type World } from './rig.js';

const port = 8765;
const web = server('web', { port: fixed(port) });

const by = async (request: Partial<PickRequest>, world: World) => {
  const workspace = workspaceOf(world);
  return pick(workspace, lookAt(workspace), {
    words: [],
    namespace: null,
    style: null,
    only: [],
    port: null,
    pid: null,
    everywhere: false,
    ...request,
  });
};

const recognising = (...pids: readonly number[]) =>
  style(undefined, {
    recognize: async ({ pid, start }) =>
      pids.includes(pid)
        ? {
            name: `relay-${pid}`,
            sighting: witness({ pid, start, boot: 'fake-boot/1' }, { endpoints: [tcp(port)] }),
          }
        : null,
  });

test('a port leads to the declared server behind it', async (t) => {
  const host = createFakeHost();
  const main = host.process({});
  host.process({ ppid: main.pid, listen: [{ port }] });
  const picked = await by({ port }, { host, servers: [web], records: [recorded(web, main, port)] });
  t.true(picked.pointed);
  t.is(only(picked.observations).instance.key, 'default/web:0');
});

test('so does the PID of its worker, and of its helper', async (t) => {
  const host = createFakeHost();
  const helper = host.process({ argv: ['/bin/sh'] });
  const main = host.process({ ppid: helper.pid });
  const worker = host.process({ ppid: main.pid });
  const world = { host, servers: [web], records: [{ ...recorded(web, main, port), helper }] };
  for (const { pid } of [helper, main, worker])
    t.is(only((await by({ pid }, world)).observations).instance.key, 'default/web:0');
});

test('a port that nobody declared leads to what a style recognises', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }] });
  const { observations } = await by({ port }, { host, styles: { supervised: recognising(main.pid) } });
  const found = only(observations);
  t.is(found.instance.server.name, `relay-${main.pid}`);
  t.is(found.instance.port, port);
  t.is(planStop(found, say, { pointed: true, force: false }).action, 'stop');
});

test('what nobody recognises is the bare process, and is not signalled unasked', async (t) => {
  const host = createFakeHost();
  const main = host.process({ pid: 5000, argv: ['python3', 'x.py'], listen: [{ port, address: '::1' }] });
  const found = only((await by({ port }, { host })).observations);
  t.deepEqual(found.instance.endpoints, [tcp(port, '::1')]);
  t.deepEqual(assess(found).is === 'running' ? found.seen[0]?.main : null, main);
  t.like(planStop(found, say, { pointed: true, force: false }), {
    action: 'refuse',
    message: 'No style recognises PID 5000 (python3 x.py); it is not signalled unasked.',
    hint: 'If nobody needs it: mpm-io stop --pid 5000 --force',
  });
  t.is(planStop(found, say, { pointed: true, force: true }).action, 'stop');
});

test('a process that nobody recognises and that does not answer is unresponsive', async (t) => {
  const frozen = createFakeHost();
  frozen.process({ pid: 5000, argv: ['python3', 'x.py'], state: 'T', listen: [{ port }] });
  const silent = createFakeHost();
  silent.process({ pid: 5000, argv: ['python3', 'x.py'], listen: [{ port }] });
  silent.answer(`http://127.0.0.1:${port}/`, 'hang');
  for (const host of [frozen, silent]) {
    const { observations, snapshot } = await by({ port }, { host });
    t.is(stateOf(assess(only(observations))), 'unresponsive');
    const found = findConflicts({ ...snapshot, observations }, say);
    t.deepEqual(
      found.map(({ rule, severity }) => [rule, severity]),
      [['unresponsive', 'error']],
    );
    t.is(found[0]?.remedies.at(-1)?.shell, 'mpm-io stop --pid 5000 --force');
  }
});

test('a program that was started from a server’s shell is not that server', async (t) => {
  const host = createFakeHost();
  const ide = host.process({ listen: [{ port }] });
  const shell = host.process({ argv: ['bash'], ppid: ide.pid });
  const styles = { supervised: recognising(ide.pid) };
  const found = only((await by({ pid: shell.pid }, { host, styles })).observations);
  t.is(found.instance.server.style, 'none');
  t.deepEqual(found.seen[0]?.main, shell);
});

test('a worker that shares its primary’s socket is', async (t) => {
  const host = createFakeHost();
  const primary = host.process({ listen: [{ port }] });
  const worker = host.process({ ppid: primary.pid, listen: [{ port }] });
  const styles = { supervised: recognising(primary.pid) };
  t.deepEqual(only((await by({ pid: worker.pid }, { host, styles })).observations).seen[0]?.main, primary);
  t.deepEqual(only((await by({ port }, { host, styles })).observations).seen[0]?.main, primary);
});

test('an owner is found among the ancestors', async (t) => {
  const host = createFakeHost();
  const manager = host.process({});
  const child = host.process({ ppid: manager.pid });
  const owned = style(undefined, {
    recognize: async ({ pid, start }) =>
      pid === manager.pid
        ? {
            name: 'owned',
            sighting: witness(
              { pid, start, boot: 'fake-boot/1' },
              { role: 'owner', manager: { style: 'm', name: 'm', pid } },
            ),
          }
        : null,
  });
  const found = only((await by({ pid: child.pid }, { host, styles: { supervised: owned } })).observations);
  t.is(found.instance.server.name, 'owned');
});

test('a port whose holder is not visible, and one with two servers, are told', async (t) => {
  const hidden = createFakeHost();
  hidden.foreignListener({ port }, 33);
  await t.throwsAsync(by({ port }, { host: hidden }), { code: 'MPM_PORT_OWNER_HIDDEN' });
  const twins = createFakeHost();
  twins.process({ pid: 5000, argv: ['a'], listen: [{ port }] });
  twins.process({ pid: 5001, argv: ['b'], listen: [{ port, address: '::1' }] });
  const error = await t.throwsAsync(by({ port }, { host: twins }), { code: 'MPM_PORT_AMBIGUOUS' });
  t.regex(JSON.stringify(error), /stop --pid 5000.*stop --pid 5001/);
});

test('a PID that is gone is told; a free port leads to who declares it here', async (t) => {
  await t.throwsAsync(by({ pid: 123_456 }, {}), { code: 'MPM_PROCESS_GONE' });
  const theirs = recorded(
    server('web', { declaredIn: '/other.json', port: fixed(port) }),
    {
      pid: 4_000_000,
      start: 1,
      boot: 'x',
    },
    port,
  );
  const picked = await by(
    { port },
    { servers: [web], records: [{ ...theirs, main: null, sighting: null, state: 'stopped' }] },
  );
  t.false(picked.pointed);
  t.is(only(picked.observations).instance.server.declaredIn, '/srv/app/ecosystem.json');
  t.deepEqual((await by({ port: 9 }, { servers: [web] })).observations, []);
});
