import test from 'ava';
import { askHealth } from '../../src/engine/ask-health.js';
import { assess } from '../../src/engine/assess.js';
import { stateOf } from '../../src/engine/build-report.js';
import type { Probe } from '../../src/model/probe.js';
import { createFakeHost, type FakeHost } from '../../src/testing/index.js';
import { fixed, only, recorded, server, snapshotOf, workspaceOf, type World } from './rig.js';

const port = 8765;
const url = `http://127.0.0.1:${port}/health`;

const world = (probe: Probe, setup: (host: FakeHost) => void): World => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }] });
  setup(host);
  const health = { probe, interval: 1000, timeout: 500, retries: 3, restart: 0 };
  const web = server('web', { port: fixed(port), host: '127.0.0.1', health });
  return { host, servers: [web], records: [recorded(web, main, port)] };
};

const http: Probe = { kind: 'http', url: '/health' };

const told = async (one: World) => {
  const { observations, look } = await snapshotOf(one);
  const observation = only(observations);
  const assessment = assess(observation);
  const { healthy, text } = await askHealth(observation, workspaceOf(one), look, assessment);
  return { state: stateOf(assessment), reason: assessment.reason, healthy, text };
};

test('a declared probe is asked now, whatever was true at its start', async (t) => {
  t.like(await told(world(http, (host) => host.answer(url, { status: 200 }))), {
    state: 'online',
    healthy: true,
  });
  const bad = await told(world(http, (host) => host.answer(url, { status: 500 })));
  t.like(bad, {
    state: 'starting',
    reason: `${url} answered 500`,
    healthy: false,
    text: `${url} answered 500`,
  });
});

test('one that accepts and does not answer is unresponsive', async (t) => {
  const silent = await told(world(http, (host) => host.answer(url, 'hang')));
  t.like(silent, { state: 'unresponsive', healthy: false });
});

test('a port that is declared as the probe must take connections', async (t) => {
  t.like(await told(world({ kind: 'tcp', host: '127.0.0.1', port }, () => undefined)), { state: 'online' });
  t.like(await told(world({ kind: 'tcp', host: '127.0.0.1', port: 9 }, () => undefined)), {
    state: 'starting',
    healthy: false,
  });
});

test('a program is run only where health is asked by name', async (t) => {
  const probe: Probe = { kind: 'exec', command: { argv: ['/bin/check'] } };
  t.like(await told(world(probe, () => undefined)), { state: 'online', healthy: false });
});

test('what a signal has stopped is not well, with a port or without', async (t) => {
  const host = createFakeHost();
  const main = host.process({ state: 'T' });
  const job = server('job', {});
  const frozen = await told({ host, servers: [job], records: [recorded(job, main)] });
  t.like(frozen, { healthy: false });
  t.regex(frozen.text, /stopped by a signal or a debugger/);
});
