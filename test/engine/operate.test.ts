import test from 'ava';
import type { UnitSpec } from '../../src/model/unit.js';
import { unitOf } from '../../src/model/unit-of.js';
import type { ManagementStyle } from '../../src/plugin/contract.js';
import { createFakeHost } from '../../src/testing/index.js';
import { main, needs, open, ready, settle, told } from './operate-rig.js';
import { recorded, running, server, stopped, style, witness } from './rig.js';

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

test('a restart whose start is seen to fail stops nothing; the others are stopped as wanted up', async (t) => {
  const host = createFakeHost();
  const command = { argv: ['node', 'server.js'] };
  const servers = [server('bad', { command }), server('good', { command })];
  const records = servers.map((one) => recorded(one, host.process({})));
  const ended: string[] = [];
  const supervised = style(undefined, {
    unit: (one, index) => unitOf(one, index),
    stop: async ({ server: { name } }, _sighting, context) => {
      ended.push(`${name} ${context.stop.reason}`);
      return stopped('stopped');
    },
    start: async () => ready,
  });
  const failed = { kind: 'failed' as const, code: 'X', message: 'no .env.', hint: 'write it', stderr: [] };
  const check = async ({ key }: UnitSpec) => (key === 'default/bad:0' ? failed : null);
  const { restart } = await open({ host, servers, records, styles: { supervised }, units: { check } });
  const reports = await restart();
  t.deepEqual(ended, ['good restart']);
  const bad = reports.find(({ server: name }) => name === 'bad');
  t.like(bad, { outcome: 'failed', hint: 'write it', message: 'not restarted, and it still runs: no .env.' });
  t.is(reports.length, 2);
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

test('what another command started a moment ago is success only once it is ready', async (t) => {
  const theirs = { kind: 'running' as const, main, port: null, olderSpec: false };
  let looks = 0;
  const becomes = style(() => ({
    seen: 'running',
    sightings: [witness(main, { ready: ++looks > 3, phase: 'running' })],
  }));
  const begins = { ...style(), start: async () => theirs };
  const start = async (detect: ManagementStyle['detect'], noWait = false) => {
    let calls = 0;
    const supervised: ManagementStyle = {
      ...begins,
      // Down when the command looks; started by somebody else before it acts.
      detect: (instances, look) => (++calls === 1 ? begins : { detect }).detect(instances, look),
    };
    const world = { servers: [server('web')], styles: { supervised } };
    return told(await (await open(world, { noWait })).start());
  };
  t.deepEqual(await start(becomes.detect), [`web keep unchanged: is running (PID ${main.pid})`]);
  t.is(looks, 4);
  t.deepEqual(await start(style().detect), [
    'web keep failed: was being started by another command, and did not become ready',
  ]);
  t.deepEqual(await start(style().detect, true), [`web keep unchanged: is running (PID ${main.pid})`]);
});
