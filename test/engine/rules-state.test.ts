import test, { type ExecutionContext } from 'ava';
import type { Finding } from '../../src/model/finding.js';
import type { PidFileVerdict } from '../../src/model/sighting.js';
import { createFakeHost, type FakeHost } from '../../src/testing/index.js';
import { absent, ended, fixed, recorded, recordOnly, running, server, style, tcp, witness } from './rig.js';
import { findings, healthy, port, shells, told, web } from './rules-rig.js';

const manager = (name: string, by = 'supervised') => ({ style: by, name, pid: null });

const claiming = async (claims: object, setup: (host: FakeHost, main: number) => void = () => undefined) => {
  const host = createFakeHost();
  const main = host.process({ pid: 5000, argv: ['node', 'web.js'], listen: [{ port }] });
  setup(host, main.pid);
  const sighting = witness(main, { claims, endpoints: [tcp(port)] });
  const twice = running(sighting, { ...sighting, role: 'owner', manager: manager('m') });
  return findings({ host, servers: [web], styles: { supervised: style(() => twice) } });
};

test('its health answer names another process, one that is not there, none at all', async (t) => {
  const other = await claiming({ pid: 6000 }, (host) => void host.process({ pid: 6000, comm: 'cron' }));
  t.deepEqual(told(other), [
    'pid-disagrees error: web says it is PID 6000 (cron); the process that holds its socket is PID 5000 (run by m).',
  ]);
  t.deepEqual(shells(other), ['mpm-io diagnose --port 8765']);
  t.regex(told(await claiming({ pid: 6000 })).join(), /PID 6000, which does not exist; the process/);
  const bad = await claiming({ badPid: '"12" is no number' });
  t.deepEqual(
    bad.map(({ rule, severity }) => [rule, severity]),
    [['pid-disagrees', 'warning']],
  );
  t.deepEqual(await claiming({ pid: 5000 }), []);
  t.deepEqual(await claiming({ pid: 6000 }, (host, ppid) => void host.process({ pid: 6000, ppid })), []);
});

test('a probe that is a program and that nobody has asked: first it has its time, then it is told', async (t) => {
  const host = createFakeHost();
  const main = host.process({});
  const slow = server('slow', {
    ready: { ...web.ready, probe: { kind: 'exec', command: { argv: ['/bin/check'] } }, timeout: 1000 },
  });
  const view = recorded(slow, main);
  const run = view.record.run as NonNullable<typeof view.record.run>;
  const startedAgo = (ms: number) => ({
    ...view,
    record: { ...view.record, run: { ...run, readyAt: null, startedAt: host.clock.now() - ms } },
  });
  const at = (ms: number) => findings({ host, servers: [slow], records: [startedAgo(ms)] });
  t.deepEqual(await at(500), []);
  const late = await at(1500);
  t.deepEqual(
    late.map(({ rule, severity }) => [rule, severity]),
    [['not-asked', 'warning']],
  );
  t.deepEqual(shells(late), ['mpm-io wait slow']);
});

test('a frozen server is let go on, or started again', async (t) => {
  const host = createFakeHost();
  const main = host.process({ state: 'T', listen: [{ port }] });
  const found = await findings({ host, servers: [web], records: [recorded(web, main, port)] });
  t.deepEqual(told(found), [
    `unresponsive error: web is frozen, stopped by a signal or a debugger: PID ${main.pid} (run by mpm-io at /home/tester/.mpm-io).`,
  ]);
  t.deepEqual(shells(found), [`kill -CONT ${main.pid}`, 'mpm-io restart web']);
});

test('it runs, and nobody listens', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port: 9999 }] });
  const found = await findings({ host, servers: [web], records: [recorded(web, main, port)] });
  t.deepEqual(told(found), [
    'not-listening error: web runs, and nobody listens on its port 8765. It listens on 9999 instead.',
  ]);
  t.deepEqual(shells(found), ['mpm-io logs web --no-follow', 'mpm-io restart web']);
  const task = server('web', { type: 'task', port: fixed(port) });
  t.deepEqual(await findings({ host, servers: [task], records: [recorded(task, main, port)] }), []);
  const external = await findings({
    host,
    servers: [{ ...web, command: null }],
    styles: { supervised: style(() => running(witness(main))) },
  });
  t.deepEqual(shells(external), ['mpm-io stop web']);
});

const pidFile = async (verdict: PidFileVerdict, t: ExecutionContext): Promise<Finding | undefined> => {
  const fact = { path: "/run/it's.pid", verdict, pid: 5, text: 'what it says' };
  const found = await findings({
    servers: [web],
    styles: { supervised: style(() => ({ ...absent, pidFiles: [fact, fact] }) as typeof absent) },
  });
  t.true(found.length < 2);
  return found[0];
};

test('a PID file that is as it should be is nothing', async (t) => {
  t.is(await pidFile('live', t), undefined);
  t.is(await pidFile('missing', t), undefined);
});

for (const verdict of ['stale', 'zombie', 'empty', 'garbage', 'reused'] as const) {
  test(`a PID file that is ${verdict} may be removed`, async (t) => {
    const found = await pidFile(verdict, t);
    t.true(found?.message.endsWith(`(${verdict}). what it says`));
    t.deepEqual(found?.remedies, [
      {
        text: 'Remove it; nothing is signalled.',
        shell: 'mpm-io diagnose web --fix --yes',
        fix: { kind: 'remove-pid-file', key: 'default/web:0', path: "/run/it's.pid" },
      },
    ]);
  });
}

for (const verdict of [
  'foreign',
  'symlink',
  'other-owner',
  'writable-by-others',
  'not-a-file',
  'unreadable',
] as const) {
  test(`a PID file that is ${verdict} is left alone`, async (t) => {
    const found = await pidFile(verdict, t);
    t.is(found?.remedies[0]?.fix, null);
    t.is(found?.remedies[0]?.shell, String.raw`ls -ld -- '/run/it'\''s.pid'`);
  });
}

test('what we run and whose PID file was lost is told', async (t) => {
  const { world } = healthy();
  const fact = {
    path: '/run/web.pid',
    verdict: 'missing',
    pid: null,
    text: '/run/web.pid: there is none',
  } as const;
  const supervised = style((instance, look) => {
    const own = recordOnly(instance, look);
    return own.seen === 'running' ? running({ ...own.sightings[0], pidFile: fact }) : own;
  });
  const one = { ...web, pidFile: ['/run/web.pid'] };
  const found = await findings({ ...world, servers: [one], styles: { supervised } });
  t.regex(
    String(told(found)),
    /^pid-file warning: web runs, and its PID file is missing \(\/run\/web\.pid\)/,
  );
  t.deepEqual(shells(found), ['mpm-io restart web']);
});

test('wanted up, and not up', async (t) => {
  const found = await findings({ servers: [web], records: [ended(web, 'failed', 'exited with code 3')] });
  t.deepEqual(told(found), ['failed error: web should be up and is not: exited with code 3']);
  t.deepEqual(shells(found), ['mpm-io logs web --no-follow', 'mpm-io start web']);
  t.deepEqual(found[0]?.remedies[1]?.fix, { kind: 'start', key: 'default/web:0' });
  const task = server('migrate', { type: 'task' });
  const [bad] = await findings({ servers: [task], records: [ended(task, 'failed', 'exited with code 1')] });
  t.is(bad?.message, 'migrate failed: exited with code 1');
});

test('a style that could not look', async (t) => {
  const found = await findings({
    servers: [web],
    styles: { supervised: style(() => ({ seen: 'unavailable', reason: 'no socket' })) },
  });
  t.deepEqual(told(found), ['blind-spot warning: The style supervised could not look at web: no socket']);
  t.deepEqual(shells(found), ['mpm-io plugins list']);
});

test('the worst comes first', async (t) => {
  const broken = server('broken', { style: 'blind' });
  const found = await findings({
    servers: [broken, web],
    records: [ended(web, 'failed', 'x')],
    styles: { supervised: style(), blind: style(() => ({ seen: 'unavailable', reason: 'y' })) },
  });
  t.deepEqual(
    found.map(({ severity }) => severity),
    ['error', 'warning'],
  );
});
