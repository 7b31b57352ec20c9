import test from 'ava';
import { reportForeign, reportInstance } from '../../src/engine/build-report.js';
import { createFakeHost } from '../../src/testing/index.js';
import { ended, fixed, only, recorded, running, server, snapshotOf, style, tcp, witness } from './rig.js';

const keys = [
  'name',
  'namespace',
  'instance',
  'id',
  'style',
  'state',
  'desired',
  'reason',
  'ready',
  'pid',
  'port',
  'endpoints',
  'host',
  'url',
  'uptimeMs',
  'restarts',
  'cpu',
  'memory',
  'owner',
  'origin',
  'declaredIn',
  'undeclared',
  'evidence',
  // beyond the promised ones
  'claims',
  'key',
  'instances',
].toSorted();

test('a recorded server that runs', async (t) => {
  const host = createFakeHost();
  const web = server('web', { port: fixed(8765), host: '127.0.0.1' });
  const main = host.process({ rssBytes: 1000, listen: [{ port: 8765 }] });
  host.process({ ppid: main.pid, rssBytes: 500 });
  await host.advance(5_000);
  const { observations, look } = await snapshotOf({
    host,
    servers: [web],
    records: [recorded(web, main, 8765)],
  });
  const report = reportInstance(only(observations), look);
  t.deepEqual(Object.keys(report).toSorted(), keys);
  const { uptimeMs } = report;
  t.true(uptimeMs !== null && uptimeMs > 4_900 && uptimeMs <= 5_000);
  t.deepEqual(report, {
    name: 'web',
    namespace: 'default',
    instance: 0,
    id: 0,
    style: 'supervised',
    state: 'online',
    desired: 'up',
    reason: null,
    ready: true,
    pid: main.pid,
    port: 8765,
    endpoints: [{ kind: 'tcp', port: 8765, host: '127.0.0.1' }],
    host: '127.0.0.1',
    url: null,
    uptimeMs,
    restarts: 0,
    cpu: null,
    memory: 1500,
    owner: { style: 'supervised', manager: 'mpm-io at /home/tester/.mpm-io', pid: null },
    origin: 'ours',
    declaredIn: '/srv/app/ecosystem.json',
    undeclared: false,
    evidence: [{ source: 'record', text: `unit 0 of /home/tester/.mpm-io is PID ${main.pid}` }],
    claims: null,
    key: 'default/web:0',
    instances: 1,
  });
  t.deepEqual(JSON.parse(JSON.stringify(report)), report);
});

test('a server that was never started', async (t) => {
  const { observations, look } = await snapshotOf({ servers: [server('web', { port: fixed(8765) })] });
  t.like(reportInstance(only(observations), look), {
    id: null,
    state: 'stopped',
    desired: null,
    ready: null,
    pid: null,
    port: 8765,
    uptimeMs: null,
    memory: null,
    owner: null,
    origin: null,
    evidence: [{ source: 'test', text: 'nothing is there' }],
  });
});

test('a server wanted up whose process was ended from outside is failed; a task that has ended is done', async (t) => {
  const [web, task] = [server('web'), server('task', { type: 'task' })];
  const { observations, look } = await snapshotOf({
    servers: [web, task],
    records: [ended(web, 'failed', 'ended by SIGKILL'), ended(task, 'done', 'exited with code 0')],
  });
  t.deepEqual(
    observations.map((observation) => {
      const { state, desired, reason } = reportInstance(observation, look);
      return [state, desired, reason];
    }),
    [
      ['failed', 'up', 'ended by SIGKILL'],
      ['done', 'up', 'exited with code 0'],
    ],
  );
});

test('a server that somebody else started is external; its url is where HTTP was asked', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port: 8765 }] });
  const web = server('web', { style: 'http-managed', port: fixed(8765), host: '0.0.0.0' });
  const claims = { clients: 3 };
  const { observations, look } = await snapshotOf({
    host,
    servers: [web],
    styles: { 'http-managed': style(() => running(witness(main, { claims, endpoints: [tcp(8765)] }))) },
  });
  t.like(reportInstance(only(observations), look), {
    origin: 'external',
    owner: null,
    url: 'http://127.0.0.1:8765',
    claims,
    desired: null,
  });
});

test('who sits on a declared port and is declared by nobody is told in the same shape', async (t) => {
  const host = createFakeHost();
  const main = host.process({ argv: ['node', 'x.js'], listen: [{ port: 8765 }] });
  const web = server('web', { port: fixed(8765) });
  const supervised = style(undefined, {
    recognize: async ({ pid }) =>
      pid === main.pid
        ? { name: 'relay', sighting: witness(main, { endpoints: [tcp(8765)], unresponsive: true }) }
        : null,
  });
  const { foreign, look } = await snapshotOf({ host, servers: [web], styles: { supervised } });
  const report = reportForeign(only(foreign), look);
  t.deepEqual(Object.keys(report).toSorted(), keys);
  t.like(report, {
    name: 'relay',
    id: null,
    state: 'unresponsive',
    origin: 'external',
    undeclared: true,
    port: 8765,
    pid: main.pid,
  });
});

test('so is who sits in a declared range of which no port is chosen yet', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port: 8767 }] });
  host.process({ listen: [{ port: 9000 }] });
  const web = server('web', { port: { kind: 'range', from: 8765, to: 8769 } });
  const supervised = style(undefined, {
    recognize: async ({ pid, start }) => ({
      name: `p${pid}`,
      sighting: witness({ pid, start, boot: 'fake-boot/1' }),
    }),
  });
  const { foreign } = await snapshotOf({ host, servers: [web], styles: { supervised } });
  t.deepEqual(
    foreign.map(({ seen }) => seen.main?.pid),
    [main.pid],
  );
});

test('what another file has recorded keeps its name, id and file', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port: 8765 }] });
  const theirs = recorded(server('shop', { namespace: 'x', declaredIn: '/other.json' }), main, 8765);
  const view = { ...theirs, record: { ...theirs.record, id: 4 } };
  const { foreign, look } = await snapshotOf({
    host,
    servers: [server('web', { port: fixed(8765) })],
    records: [view],
  });
  t.like(reportForeign(only(foreign), look), {
    name: 'shop',
    namespace: 'x',
    id: 4,
    key: 'x/shop:0',
    declaredIn: '/other.json',
    origin: 'ours',
  });
});
