import test from 'ava';
import { impossiblePid } from '../../../plugins/seen/possible-pid.js';
import {
  createFakeHost,
  createLook,
  instanceOf,
  recordedUnit,
  type FakeAnswer,
} from '../../../src/testing/index.js';
import { unitOf } from '../../../src/plugin/index.js';
import { detectOn, pid, port, serving, sightOn, styleOn, textOf, webServer } from './rig.js';

const healthy = { status: 'healthy', server_id: 'blue', pid };
const commanded = webServer({
  command: { argv: ['node', '/srv/app/server.js'] },
  script: '/srv/app/server.js',
});

const answers: readonly (readonly [string, FakeAnswer, RegExp])[] = [
  ['404', { status: 404, body: { error: 'no' } }, /not as a health endpoint/],
  ['500', { status: 500, body: 'broken' }, /answered 500/],
  ['an HTML page', { body: '<!doctype html><p>hello' }, /an HTML page/],
  ['a JSON list', { body: [1, 2] }, /a JSON list/],
  ['a JSON text', { body: '"ok"' }, /the JSON value ok/],
  ['an empty object', { body: {} }, /no status/],
  ['an empty body', { body: '' }, /an empty body/],
  ['deep JSON', { body: '['.repeat(100_000) }, /no JSON|a JSON list/],
  [
    'a redirect',
    { status: 302, headers: { location: 'http://169.254.169.254/' } },
    /redirect that is not followed/,
  ],
  ['a huge body', 'too-large', /too-large/],
  ['a reset', 'reset', /reset/],
];

for (const [what, answer, text] of answers) {
  test(`${what} is not a health answer: not claimed, and told why`, async (t) => {
    const found = await detectOn(serving(answer));
    t.is(found.seen, 'absent');
    t.regex(textOf(found), text);
  });

  test(`${what} from the process that runs what is declared: running, not ready`, async (t) => {
    const host = serving(answer, { argv: ['node', 'server.js'], cwd: '/srv/app' });
    const { main, ready, proven, reason } = await sightOn(host, instanceOf(commanded));
    t.deepEqual([main?.pid, ready, proven], [pid, false, true]);
    t.regex(reason ?? '', text);
  });
}

test('inherited names are no part of an answer', async (t) => {
  const server = webServer({ options: { signature: { '__proto__.constructor.name': 'Object' } } });
  const body = '{"status":"ok","__proto__":{"toString":"x"}}';
  t.is((await detectOn(serving({ body }), instanceOf(server))).seen, 'absent');
});

test('a frozen server is unresponsive, never absent', async (t) => {
  const host = serving({ body: healthy });
  const row = host.processes.identify(pid);
  if (row !== null) host.processes.signal(row, 'SIGSTOP');
  const seen = await sightOn(host);
  t.deepEqual([seen.unresponsive, seen.phase, seen.main?.pid, seen.ready], [true, 'running', pid, false]);
  t.is(host.clock.monotonic(), 1000);
});

test('ten frozen servers cost one deadline', async (t) => {
  const host = createFakeHost();
  const ports = Array.from({ length: 10 }, (_, i) => 9000 + i);
  host.process({ pid, listen: ports.map((each) => ({ port: each })), state: 'T' });
  const server = webServer({ instances: 10, port: { kind: 'fixed', port: 9000, spread: true } });
  const instances = ports.map((_, i) => instanceOf(server, i));
  const found = await styleOn(host).detect(instances, createLook(host));
  t.true([...found.values()].every(({ seen }) => seen === 'running'));
  t.is(host.requests.length, 10);
  t.is(host.clock.monotonic(), 1000);
});

test('the deadline is the shorter of the health timeout and a second', async (t) => {
  const host = serving('hang');
  const base = webServer();
  const health = { probe: null, interval: 1000, timeout: 300, retries: 1, restart: 0 };
  await sightOn(host, instanceOf(webServer({ ...base, health })));
  t.deepEqual([host.requests[0]?.timeout, host.requests[0]?.maxBytes], [300, 262_144]);
});

test('nobody listens: absent, and nobody is asked', async (t) => {
  const host = createFakeHost();
  t.is((await detectOn(host)).seen, 'absent');
  t.is(host.requests.length, 0);
});

for (const [claimed, words] of [
  ['1234', 'no number'],
  [-5, 'not the number'],
  [0, 'not the number'],
  [1, 'init'],
  [1.5, 'whole number'],
  [99_999_999, 'larger'],
  [process.pid, 'this command'],
  [{ pid: 3 }, 'no number'],
] as const) {
  test(`health claims the PID ${JSON.stringify(claimed)}: told, and never taken`, async (t) => {
    const { claims, main } = await sightOn(serving({ body: { ...healthy, pid: claimed } }));
    t.is(claims?.pid, undefined);
    t.true(claims?.badPid?.includes(words), claims?.badPid);
    t.is(main?.pid, pid);
    t.truthy(impossiblePid(claimed));
  });
}

test('health claims the PID of a stranger: the holder of the socket stays the main process', async (t) => {
  const stranger = 4_100_050;
  const host = serving({ body: { ...healthy, pid: stranger } });
  host.process({ pid: stranger, argv: ['postgres'] });
  const { claims, main, evidence } = await sightOn(host);
  t.deepEqual([claims?.pid, main?.pid], [stranger, pid]);
  t.true(evidence.some(({ text }) => text.includes('not one tree')));
});

test('of a master and its workers the master is the main process', async (t) => {
  const host = serving({ body: { ...healthy, pid: 4_100_003 } });
  for (const worker of [4_100_002, 4_100_003]) host.process({ pid: worker, ppid: pid, listen: [{ port }] });
  const { main, evidence } = await sightOn(host);
  t.is(main?.pid, pid);
  t.false(evidence.some(({ text }) => text.includes('not one tree')));
});

test('a wrapper that was recorded stays the main process of what listens below it', async (t) => {
  const host = createFakeHost();
  const npm = host.process({ pid, argv: ['npm', 'start'] });
  host.process({ pid: 4_100_002, ppid: pid, listen: [{ port }] });
  host.answer(`http://127.0.0.1:${port}/health`, { body: { ...healthy, pid: 4_100_002 } });
  const server = webServer({ command: { argv: ['npm', 'start'] } });
  const instance = instanceOf(server);
  const units = new Map([[instance.key, recordedUnit(unitOf(server, 0), npm, port)]]);
  const found = await detectOn(host, instance, { units });
  t.true(found.seen === 'running' && found.sightings.length === 2);
  if (found.seen !== 'running') return;
  t.deepEqual(
    found.sightings.map(({ role, main }) => [role, main?.pid]),
    [
      ['owner', pid],
      ['witness', pid],
    ],
  );
});

test('a twin on ::1 is not asked and not taken for the server on 127.0.0.1', async (t) => {
  const host = serving({ body: healthy });
  host.process({ pid: 4_100_066, listen: [{ port, address: '::1' }] });
  host.answer(`http://[::1]:${port}/health`, { body: { ...healthy, pid: 4_100_066 } });
  t.is((await sightOn(host)).main?.pid, pid);
  t.deepEqual(
    host.requests.map(({ url }) => url),
    [`http://127.0.0.1:${port}/health`],
  );
  const six = instanceOf(webServer({ host: '::1' }));
  t.is((await sightOn(host, six)).main?.pid, 4_100_066);
});

test('a wildcard listener answers for the declared address, and an exact one before it', async (t) => {
  const host = serving({ body: healthy }, { listen: [{ port, address: '0.0.0.0' }] });
  t.is((await sightOn(host)).main?.pid, pid);
  host.process({ pid: 4_100_067, listen: [{ port, address: '127.0.0.1' }] });
  t.is((await sightOn(host)).main?.pid, 4_100_067);
});

test('a server of another user has no main process, and is running', async (t) => {
  const host = createFakeHost();
  host.foreignListener({ port });
  host.answer(`http://127.0.0.1:${port}/health`, { body: healthy });
  const { main, claims, evidence } = await sightOn(host);
  t.deepEqual([main, claims?.pid], [null, pid]);
  t.true(evidence.some(({ text }) => text.includes('not visible')));
});

test('names with ANSI codes in an answer are told quoted', async (t) => {
  const { evidence } = await sightOn(serving({ body: { ...healthy, server_id: '\u001b[31mred' } }));
  t.false(evidence.some(({ text }) => text.includes('\u001b')));
});

test('the holder is hidden and the answer is of the recorded process: it is the recorded one', async (t) => {
  const host = createFakeHost();
  const main = host.process({ pid, argv: ['node'] });
  host.foreignListener({ port });
  host.answer(`http://127.0.0.1:${port}/health`, { body: healthy });
  const instance = instanceOf(commanded);
  const units = new Map([[instance.key, recordedUnit(unitOf(commanded, 0), main, port)]]);
  t.is((await sightOn(host, instance, { units })).main?.pid, pid);
  host.answer(`http://127.0.0.1:${port}/health`, { body: { ...healthy, pid: 4_100_088 } });
  t.is((await sightOn(host, instance, { units })).main, null);
});
