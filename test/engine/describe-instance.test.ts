import test from 'ava';
import { describeInstance } from '../../src/engine/describe-instance.js';
import { lookAt } from '../../src/engine/workspace.js';
import { createFakeHost } from '../../src/testing/index.js';
import { openHome } from '../../src/units/home.js';
import { observationOf, running, server, style, witness, workspaceOf } from './rig.js';

test('the figures of the process are told for every style, beside what the style adds, each label once', async (t) => {
  const host = createFakeHost();
  host.file('/etc/passwd', 'tester:x:1000:1000::/home/tester:/bin/sh\n');
  const main = host.process({ argv: ['node', 'web.js'], cwd: '/srv/app', threads: 7 });
  const child = host.process({ ppid: main.pid, comm: 'worker' });
  const supervised = style(() => running(witness(main)), {
    info: async () => [
      { label: 'clients', value: '3', raw: 3 },
      { label: 'clients', value: '4' },
    ],
  });
  const world = { host, servers: [server('web')], styles: { supervised } };
  const workspace = workspaceOf(world);
  const home = openHome({ env: {}, user: host.user, host });
  const lines = await describeInstance(await observationOf(world), workspace, lookAt(workspace), home);
  t.deepEqual(
    lines.map(({ label, value }) => [label, label === 'started' ? '' : value]),
    [
      ['command', 'node web.js'],
      ['cwd', '/srv/app'],
      ['user', 'tester'],
      ['started', ''],
      ['cpu', '0.0 %'],
      ['threads', '7'],
      ['processes below', `${child.pid} worker`],
      ['clients', '3'],
    ],
  );
});

test('a style that fails to describe, or floods, is told in its own line', async (t) => {
  const host = createFakeHost();
  const main = host.process({});
  const home = openHome({ env: {}, user: host.user, host });
  for (const [info, expected] of [
    [() => Promise.reject(new Error('broken')), /failed in info: broken/],
    [async () => 'text' as never, /must resolve to a list/],
  ] as const) {
    const world = {
      host,
      servers: [server('web')],
      styles: { supervised: style(() => running(witness(main)), { info }) },
    };
    const workspace = workspaceOf(world);
    const lines = await describeInstance(await observationOf(world), workspace, lookAt(workspace), home);
    t.regex(lines.find(({ label }) => label === 'supervised')?.value ?? '', expected);
  }
});

test('of what does not run there are no figures', async (t) => {
  const host = createFakeHost();
  const world = { host, servers: [server('web')] };
  const workspace = workspaceOf(world);
  const home = openHome({ env: {}, user: host.user, host });
  t.deepEqual(await describeInstance(await observationOf(world), workspace, lookAt(workspace), home), []);
});
