import test from 'ava';
import type { OperateOptions } from '../../src/engine/operate.js';
import type { ManagementStyle } from '../../src/plugin/contract.js';
import { createFakeHost } from '../../src/testing/index.js';
import { main, open } from './operate-rig.js';
import { ended, fixed, running, server, stopped, style, witness, type World } from './rig.js';

const stopping = async (
  detect: () => ReturnType<typeof running>,
  stop: ManagementStyle['stop'],
  options: Partial<OperateOptions> = {},
  world: World = {},
) => {
  const opened = await open(
    { servers: [server('web')], styles: { supervised: style(detect, { stop }) }, ...world },
    options,
  );
  const [report] = await opened.stop();
  if (report === undefined) throw new Error('no report');
  return report;
};

test('an owner that refuses is not passed without --force, and every attempt is told', async (t) => {
  const host = createFakeHost();
  const owned = host.process({ ignores: ['SIGTERM'] });
  const owner = witness(owned, { role: 'owner', manager: { style: 'x', name: 'x', pid: null } });
  const refuse: ManagementStyle['stop'] = async () => stopped('refused', { message: 'not mine to end' });
  const world = { host };
  const polite = await stopping(() => running(owner), refuse, {}, world);
  t.like(polite, {
    outcome: 'failed',
    message: 'not mine to end',
    hint: `End it with: mpm-io stop --pid ${owned.pid} --force`,
    details: ['supervised: SIGTERM: refused (1 ms)'],
  });
  t.deepEqual(host.signals, []);
  const forced = await stopping(() => running(owner), refuse, { force: true }, world);
  t.is(forced.outcome, 'done');
  t.is(host.processes.row(owned.pid), null);
  t.is(forced.details[0], 'supervised: SIGTERM: refused (1 ms)');
  t.true(forced.details.some((line) => line.startsWith('signals: ')));
});

test('force ends only the process that was seen', async (t) => {
  const host = createFakeHost();
  const seen = host.process({ pid: 5000 });
  const refuse: ManagementStyle['stop'] = async () => {
    host.kill(5000);
    host.process({ pid: 5000, argv: ['somebody', 'else'] });
    return stopped('refused', { message: 'no' });
  };
  await stopping(() => running(witness(seen)), refuse, { force: true }, { host });
  t.deepEqual(host.signals, []);
  t.not(host.processes.row(5000), null);
});

test('a server that had ended by itself is no failure', async (t) => {
  const report = await stopping(
    () => running(witness(main)),
    async () => stopped('not-running'),
  );
  t.like(report, { outcome: 'unchanged', message: 'had ended already', fault: null });
});

test('what survives is named', async (t) => {
  const report = await stopping(
    () => running(witness(main)),
    async () => stopped('survived', { survivors: ['12 node x.js'] }),
  );
  t.like(report, { outcome: 'failed', message: 'it could not be ended; still alive: 12 node x.js' });
});

test('a record is let rest where nothing of it runs, and where a stray process was stopped in its place', async (t) => {
  const host = createFakeHost();
  const stray = host.process({});
  const web = server('web', { port: fixed(8765) });
  const rested: string[] = [];
  const world = {
    host,
    servers: [web],
    records: [ended(web, 'failed', 'x')],
    units: {
      stop: async (key: string) => {
        rested.push(key);
        return stopped('not-running');
      },
    },
  };
  const { stop } = await open(world);
  t.like((await stop())[0], { outcome: 'unchanged', message: 'is not running' });
  t.deepEqual(rested, ['default/web:0']);
  const report = await stopping(
    () => running(witness(stray)),
    async () => stopped('stopped'),
    {},
    {
      ...world,
      styles: { supervised: style(() => running(witness(stray)), { stop: async () => stopped('stopped') }) },
    },
  );
  t.is(report.outcome, 'done');
  t.deepEqual(rested, ['default/web:0', 'default/web:0']);
});

for (const [title, role, force, expected] of [
  ['a witness that refuses is followed by the next style', 'witness', false, ['first', 'second']],
  ['an owner that refuses ends it', 'owner', false, ['first']],
  ['an owner that refuses is passed by force', 'owner', true, ['first', 'second']],
] as const) {
  test(`stop falls back among styles that see the same process: ${title}`, async (t) => {
    const host = createFakeHost();
    const seen = host.process({});
    const tried: string[] = [];
    const manager = role === 'owner' ? { style: 'first', name: 'm', pid: null } : null;
    const first = style(() => running(witness(seen, { role, manager })), {
      stop: async () => {
        tried.push('first');
        return stopped('refused', { message: 'no' });
      },
    });
    const other = (name: string, identity: typeof seen): ManagementStyle =>
      style(undefined, {
        recognize: async () => ({ name, sighting: witness(identity) }),
        stop: async () => {
          tried.push(name);
          return stopped('stopped');
        },
      });
    const styles = {
      first,
      elsewhere: other('elsewhere', { ...seen, start: seen.start + 1 }),
      second: other('second', seen),
    };
    const { stop } = await open({ host, servers: [server('web', { style: 'first' })], styles }, { force });
    const [report] = await stop();
    t.deepEqual(tried, [...expected]);
    t.is(report?.outcome, expected.length === 2 ? 'done' : 'failed');
    t.is(report?.details.length, expected.length);
  });
}
