import test from 'ava';
import { planRestart, planStart, planStop, type Step } from '../../src/engine/plan.js';
import type { Server } from '../../src/model/server.js';
import { createFakeHost, type FakeHost } from '../../src/testing/index.js';
import {
  ended,
  fixed,
  observationOf,
  recorded,
  running,
  say,
  server,
  style,
  tcp,
  witness,
  type World,
} from './rig.js';

const web = server('web', { port: fixed(8765), host: '127.0.0.1' });
const wish = { pointed: false, force: false };

const told = (step: Step): string =>
  step.action === 'refuse' ? `refuse: ${step.message} | ${step.hint}` : step.action;

const started = async (world: World, named = true): Promise<string> =>
  told(planStart(await observationOf(world), say, named));
const stoppedBy = async (world: World, how = wish): Promise<string> =>
  told(planStop(await observationOf(world), say, how));

const up = (more: Parameters<typeof witness>[1] = {}, declared: Server = web) => {
  const host = createFakeHost();
  const main = host.process({ argv: ['node', 'web.js'], listen: [{ port: 8765 }] });
  const sighting = witness(main, { endpoints: [tcp(8765)], ...more });
  return {
    host,
    main,
    world: { host, servers: [declared], styles: { supervised: style(() => running(sighting)) } },
  };
};

const blind: World = {
  servers: [web],
  styles: { supervised: style(() => ({ seen: 'unavailable', reason: 'no socket' })) },
};

test('start: what is down is started, whatever its record says', async (t) => {
  t.is(await started({ servers: [web] }), 'start');
  for (const state of ['failed', 'done', 'stopped'] as const)
    t.is(await started({ servers: [web], records: [ended(web, state, 'x')] }), 'start');
});

test('start: what runs is kept, ours or not', async (t) => {
  const { world } = up();
  t.is(await started(world), 'keep');
  const host = createFakeHost();
  const main = host.process({ listen: [{ port: 8765 }] });
  t.is(await started({ host, servers: [web], records: [recorded(web, main, 8765)] }), 'keep');
});

test('start: what could not be looked at is neither started nor ended', async (t) => {
  t.regex(await started(blind), /^refuse: web may be running: .*no socket.* mpm-io diagnose web$/);
  t.regex(await stoppedBy(blind), /^refuse: web may be running/);
  t.regex(await stoppedBy(blind, { pointed: true, force: true }), /^refuse/);
});

test('start: what stands in its place unproved is refused with the command that ends it', async (t) => {
  const { world, main } = up({ proven: false });
  t.is(
    await started(world),
    `refuse: PID ${main.pid} (seen by supervised) is where web should be, and nothing proves that it is web. | Stop it with: mpm-io stop --pid ${main.pid}`,
  );
});

test('start: of a range, whoever answers unproved on one port is in nobody’s way', async (t) => {
  const range = server('web', { port: { kind: 'range', from: 8765, to: 8769 } });
  t.is(await started(up({ proven: false }, range).world), 'start');
  t.is(await started(up({ proven: true }, range).world), 'keep');
  t.is(await started({ servers: [range] }), 'start');
});

test('start: unresponsive and stopping are told, with what helps', async (t) => {
  t.regex(await started(up({ unresponsive: true }).world), /does not answer: .* mpm-io restart web$/);
  t.regex(await started(up({ phase: 'stopping' }).world), /is stopping: .* mpm-io wait web --for stopped$/);
});

test('start: autostart off waits for its name; no command is a matter of usage', async (t) => {
  const later = { ...web, autostart: false };
  t.is(await started({ servers: [later] }, false), 'skip');
  t.is(await started({ servers: [later] }), 'start');
  const step = planStart(await observationOf({ servers: [{ ...web, command: null }] }), say, true);
  t.like(step, { action: 'refuse', usage: true });
});

const held = (setup: (host: FakeHost) => void, declared: Server = web): Promise<string> => {
  const host = createFakeHost();
  setup(host);
  return started({ host, servers: [declared] });
};

test('start: a port that somebody else holds is refused, with who and how to end it', async (t) => {
  const stranger = await held((host) =>
    host.process({ pid: 5000, argv: ['python3', 'x.py'], listen: [{ port: 8765 }] }),
  );
  t.is(
    stranger,
    'refuse: Port 8765 of web is held by PID 5000 (python3 x.py) on 127.0.0.1:8765. | Stop it with: mpm-io stop --pid 5000 --force',
  );
  const hidden = await held((host) => host.foreignListener({ port: 8765 }, 33));
  t.regex(
    hidden,
    /held by a process of user 33 that is not visible to you .* sudo mpm-io diagnose --port 8765$/,
  );
});

test('start: only an address that excludes the declared one is in the way', async (t) => {
  const listen = (address: string) => (host: FakeHost) =>
    void host.process({ listen: [{ port: 8765, address }] });
  t.is(await held(listen('::1')), 'start');
  t.regex(await held(listen('0.0.0.0')), /^refuse/);
  t.regex(await held(listen('::')), /^refuse/);
  t.regex(await held(listen('::1'), { ...web, host: 'localhost' }), /^refuse/);
  t.regex(await held(listen('::1'), { ...web, host: null }), /^refuse/);
  const both = (host: FakeHost) => {
    listen('::1')(host);
    listen('127.0.0.1')(host);
  };
  t.regex(await held(both), /^refuse: .*127\.0\.0\.1/);
  t.is(await held(both, { ...web, ready: { ...web.ready, anyOwner: true } }), 'start');
});

test('start: pm2’s instances share their port', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port: 8765 }] });
  const app = server('app', {
    block: 'apps',
    instances: 2,
    port: { kind: 'fixed', port: 8765, spread: false },
  });
  const { snapshotOf } = await import('./rig.js');
  const { observations } = await snapshotOf({ host, servers: [app], records: [recorded(app, main, 8765)] });
  t.deepEqual(
    observations.map((observation) => planStart(observation, say, true).action),
    ['keep', 'start'],
  );
});

test('stop: what is proved is stopped, what is not running rests', async (t) => {
  t.is(await stoppedBy(up().world), 'stop');
  t.is(await stoppedBy({ servers: [web] }), 'rest');
  t.is(await stoppedBy({ servers: [web], records: [ended(web, 'failed', 'x')] }), 'rest');
});

test('stop: what is not proved is not signalled by name, not even by force; pointed at, it is', async (t) => {
  const { world, main } = up({ proven: false });
  const refusal = new RegExp(`it is not signalled. \\| If it is to end: mpm-io stop --pid ${main.pid}$`);
  t.regex(await stoppedBy(world), refusal);
  t.regex(await stoppedBy(world, { pointed: false, force: true }), refusal);
  t.is(await stoppedBy(world, { pointed: true, force: false }), 'stop');
});

test('restart: what cannot be started again is not stopped for it', async (t) => {
  const { world } = up({}, { ...web, command: null });
  const step = planRestart(await observationOf(world), say, wish);
  t.like(step, { action: 'refuse', usage: true, hint: 'Stop it with: mpm-io stop web' });
  t.is(planRestart(await observationOf(up().world), say, wish).action, 'stop');
});
