import test from 'ava';
import { rules } from '../../src/engine/rules/index.js';
import { createFakeHost } from '../../src/testing/index.js';
import { ended, recorded, recordOnly, running, server, style, tcp, witness } from './rig.js';
import { findings, healthy, port, shells, told, web } from './rules-rig.js';

test('nothing is found where nothing is wrong: up, down, and done', async (t) => {
  t.deepEqual(await findings(healthy().world), []);
  t.deepEqual(await findings({ servers: [web] }), []);
  t.deepEqual(await findings({ servers: [web], records: [ended(web, 'stopped', 'stopped as asked')] }), []);
  const task = server('migrate', { type: 'task' });
  t.deepEqual(await findings({ servers: [task], records: [ended(task, 'done', 'exited with code 0')] }), []);
});

test('every rule of the list is tried here', (t) => {
  t.deepEqual(Object.keys(rules), [
    'two-owners',
    'duplicate-instance',
    'claimed-twice',
    'undeclared-style',
    'unproven',
    'foreign-listener',
    'shared-endpoint',
    'split-port',
    'pid-disagrees',
    'unresponsive',
    'unhealthy',
    'not-asked',
    'not-listening',
    'pid-file',
    'failed',
    'dropped',
    'blind-spot',
  ]);
});

const manager = (name: string, by = 'supervised') => ({ style: by, name, pid: null });

test('two owners of one process', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }] });
  const owner = (name: string) => witness(main, { role: 'owner', manager: manager(name) });
  const two = (a: string, b: string) =>
    findings({ host, servers: [web], styles: { supervised: style(() => running(owner(a), owner(b))) } });
  const found = await two('mpm-io at /a', 'pm2 at /b');
  t.deepEqual(told(found), ['two-owners error: web has 2 owners: mpm-io at /a and pm2 at /b.']);
  t.deepEqual(shells(found), ['mpm-io stop web']);
  t.deepEqual(await two('mpm-io at /a', 'mpm-io at /a'), []);
});

test('it runs twice', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }] });
  const twin = host.process({});
  const supervised = style((instance, look) => {
    const own = recordOnly(instance, look);
    return own.seen === 'running' ? running(own.sightings[0], witness(twin)) : own;
  });
  const found = await findings({
    host,
    servers: [web],
    records: [recorded(web, main, port)],
    styles: { supervised },
  });
  t.deepEqual(told(found), [
    `duplicate-instance error: web runs 2 times: PID ${main.pid} (run by mpm-io at /home/tester/.mpm-io); PID ${twin.pid} (seen by supervised).`,
  ]);
  t.deepEqual(shells(found), [`mpm-io stop --pid ${twin.pid}`]);
});

test('one process is one finding: beside our own, what is not proved is told as that alone', async (t) => {
  const host = createFakeHost();
  const main = host.process({});
  const other = host.process({ listen: [{ port }] });
  const supervised = style((instance, look) => {
    const own = recordOnly(instance, look);
    const stray = witness(other, { proven: false, endpoints: [tcp(port)] });
    return own.seen === 'running' ? running(own.sightings[0], stray) : own;
  });
  const found = await findings({
    host,
    servers: [web],
    records: [recorded(web, main, port)],
    styles: { supervised },
  });
  t.deepEqual(
    found.map(({ rule }) => rule),
    ['unproven'],
  );
});

test('another style than the declared one runs it', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }] });
  const declared = { ...web, style: 'http' };
  const found = await findings({
    host,
    servers: [declared],
    records: [recorded(web, main, port)],
    styles: { http: style() },
  });
  t.deepEqual(told(found), [
    'undeclared-style warning: web is declared as http, and mpm-io at /home/tester/.mpm-io runs it as supervised.',
  ]);
  t.deepEqual(shells(found), ['mpm-io restart web']);
});

const unproven = (declared = web, more = {}) => {
  const host = createFakeHost();
  const main = host.process({ pid: 5000, argv: ['node', 'x.js'], listen: [{ port }] });
  const sighting = witness(main, { proven: false, endpoints: [tcp(port)], ...more });
  return findings({ host, servers: [declared], styles: { supervised: style(() => running(sighting)) } });
};

test('something answers in its place', async (t) => {
  const found = await unproven();
  t.deepEqual(told(found), [
    'unproven warning: PID 5000 (seen by supervised) answers where web should be, and nothing proves that it is web.',
  ]);
  t.deepEqual(shells(found), ['mpm-io stop --pid 5000']);
  const range = await unproven({ ...web, port: { kind: 'range', from: port, to: port + 4 } });
  t.deepEqual(
    range.map(({ rule, severity }) => [rule, severity]),
    [['unproven', 'info']],
  );
});

test('what is unproved and frozen is told once', async (t) => {
  const found = await unproven(web, { unresponsive: true, ready: false });
  t.deepEqual(told(found), [
    'unresponsive error: web accepts connections and does not answer: PID 5000 (seen by supervised).',
  ]);
  t.deepEqual(shells(found), ['mpm-io stop --pid 5000']);
});
