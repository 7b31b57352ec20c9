import test from 'ava';
import { Operator, type OperateOptions } from '../../src/engine/operate.js';
import { planStart, planStop } from '../../src/engine/plan.js';
import type { StepReport } from '../../src/engine/report.js';
import { allInstances, lookAt, takeSnapshot } from '../../src/engine/workspace.js';
import type { ManagementStyle } from '../../src/plugin/contract.js';
import { createFakeHost } from '../../src/testing/index.js';
import { halt } from '../../src/units/halt.js';
import {
  ended,
  fixed,
  recorded,
  running,
  server,
  stopped,
  style,
  witness,
  workspaceOf,
  type World,
} from './rig.js';

const main = { pid: 4_100_001, start: 1, boot: 'fake-boot/1' };
const ready = { kind: 'ready' as const, main, port: null, ms: 1, warnings: [] };

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const open = async (world: World, options: Partial<OperateOptions> = {}) => {
  const workspace = workspaceOf(world);
  const look = lookAt(workspace);
  const { observations } = await takeSnapshot(workspace, look, allInstances(workspace, look, false));
  const operator = new Operator(workspace, look, (target, stop) => halt(workspace.host, target, stop), {
    envName: null,
    updateEnv: false,
    noWait: false,
    force: false,
    on: () => undefined,
    ...options,
  });
  const wish = { pointed: false, force: options.force ?? false };
  return {
    start: () => operator.start(observations.map((one) => planStart(one, workspace.say, true))),
    stop: () => operator.stop(observations.map((one) => planStop(one, workspace.say, wish))),
    workspace,
  };
};

const told = (reports: readonly StepReport[]) =>
  reports.map(({ server: name, action, outcome, message }) => `${name} ${action} ${outcome}: ${message}`);

const needs = (name: string, ...dependsOn: readonly string[]) =>
  server(name, { dependsOn: dependsOn.map((one) => `default/${one}`) });

test('servers start side by side, each when what it depends on is ready', async (t) => {
  const begun: string[] = [];
  const gates = new Map<string, () => void>();
  const supervised = style(undefined, {
    start: async ({ server: { name } }) => {
      begun.push(name);
      await new Promise<void>((resolve) => gates.set(name, resolve));
      return ready;
    },
  });
  const servers = [needs('web', 'db', 'cache'), needs('db'), needs('cache'), needs('alone')];
  const { start } = await open({ servers, styles: { supervised } });
  const reports = start();
  await settle();
  t.deepEqual(begun.toSorted(), ['alone', 'cache', 'db']);
  gates.get('db')?.();
  await settle();
  t.false(begun.includes('web'));
  gates.get('cache')?.();
  while (!begun.includes('web')) await settle();
  gates.get('web')?.();
  gates.get('alone')?.();
  t.true((await reports).every(({ outcome }) => outcome === 'done'));
});

test('what depends on a server that failed is not started, however far', async (t) => {
  const started: string[] = [];
  const supervised = style(undefined, {
    start: async ({ server: { name } }) => {
      started.push(name);
      return name === 'db'
        ? { kind: 'failed', code: 'X', message: 'no disk', hint: 'buy one', stderr: ['last words'] }
        : ready;
    },
  });
  const servers = [needs('top', 'web'), needs('web', 'db'), needs('db'), needs('alone')];
  const { start } = await open({ servers, styles: { supervised } });
  const reports = await start();
  t.deepEqual(started.toSorted(), ['alone', 'db']);
  t.deepEqual(told(reports).toSorted(), [
    `alone start done: online (PID ${main.pid}, ready in 1 ms)`,
    'db start failed: no disk',
    'top skip failed: not started: web, which it depends on, did not start',
    'web skip failed: not started: db, which it depends on, did not start',
  ]);
  t.deepEqual(reports.find(({ server: name }) => name === 'db')?.details, ['last words']);
});

test('servers stop in the reverse order', async (t) => {
  const order: string[] = [];
  const supervised = style(() => running(witness(main)), {
    stop: async ({ server: { name } }) => {
      order.push(`${name} begins`);
      await settle();
      order.push(`${name} ends`);
      return stopped('stopped');
    },
  });
  const { stop } = await open({ servers: [needs('db'), needs('web', 'db')], styles: { supervised } });
  await stop();
  t.deepEqual(order, ['web begins', 'web ends', 'db begins', 'db ends']);
});

test('recorded instances of one server, each an object of its own, are all stopped', async (t) => {
  const host = createFakeHost();
  const web = server('web', { instances: 2 });
  const records = [0, 1].map((index) => recorded(web, host.process({}), null, index));
  const { stop } = await open({ host, file: null, records });
  t.deepEqual(
    (await stop()).map(({ key, outcome }) => [key, outcome]),
    [
      ['default/web:0', 'done'],
      ['default/web:1', 'done'],
    ],
  );
});

test('a style that throws, hangs or answers nonsense fails its own server alone', async (t) => {
  const start: ManagementStyle['start'] = async ({ server: { name } }) => {
    if (name === 'throws') throw new Error('broken');
    return name === 'odd' ? (undefined as never) : ready;
  };
  const servers = [needs('throws'), needs('odd'), needs('fine')];
  const { start: run } = await open({ servers, styles: { supervised: style(undefined, { start }) } });
  t.deepEqual(told(await run()), [
    'throws start failed: The style supervised failed in start: broken',
    'odd start failed: The style supervised failed in start: start must resolve to an outcome, not undefined',
    `fine start done: online (PID ${main.pid}, ready in 1 ms)`,
  ]);
});

test('called off, what has not begun does not begin', async (t) => {
  const controller = new AbortController();
  const started: string[] = [];
  const supervised = style(undefined, {
    start: async ({ server: { name } }, { signal }) => {
      started.push(name);
      controller.abort();
      t.true(signal.aborted);
      return { kind: 'interrupted' };
    },
  });
  const { start } = await open({
    servers: [needs('web', 'db'), needs('db')],
    styles: { supervised },
    signal: controller.signal,
  });
  const reports = await start();
  t.deepEqual(started, ['db']);
  t.deepEqual(
    reports.map(({ outcome }) => outcome),
    ['interrupted', 'failed'],
  );
});

test('what runs is kept; ours with an older spec is told so, and how to apply the change', async (t) => {
  const host = createFakeHost();
  const web = server('web');
  const view = recorded(web, host.process({}));
  const { unitOf } = await import('../../src/model/unit-of.js');
  const { hashSpec } = await import('../../src/units/store.js');
  const hashed = (specHash: string) => ({
    ...view,
    record: { ...view.record, run: view.record.run === null ? null : { ...view.record.run, specHash } },
  });
  const run = async (specHash: string) => {
    const { start } = await open({
      host,
      servers: [web],
      records: [hashed(specHash)],
      styles: { supervised: style(undefined, { unit: unitOf }) },
    });
    return (await start())[0];
  };
  const pid = view.main?.pid ?? 0;
  t.like(await run(hashSpec(unitOf(web, 0))), {
    action: 'keep',
    outcome: 'unchanged',
    message: `is running (PID ${pid})`,
    hint: null,
  });
  t.like(await run('another'), {
    message: `is running (PID ${pid}), as it was declared before its file changed`,
    hint: 'Apply the change with: mpm-io restart web',
  });
});

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
