import test, { type ExecutionContext } from 'ava';
import { findConflicts, rules } from '../../src/engine/rules/index.js';
import type { Finding } from '../../src/model/finding.js';
import type { PidFileVerdict } from '../../src/model/sighting.js';
import { createFakeHost, type FakeHost } from '../../src/testing/index.js';
import {
  absent,
  ended,
  fixed,
  recorded,
  recordOnly,
  running,
  say,
  server,
  snapshotOf,
  style,
  tcp,
  witness,
  type World,
} from './rig.js';

const port = 8765;
const web = server('web', { port: fixed(port), host: '127.0.0.1' });

const findings = async (world: World): Promise<readonly Finding[]> =>
  findConflicts(await snapshotOf(world), say);

/** Findings as `rule severity: message`, and their remedies' commands. */
const told = (found: readonly Finding[]) =>
  found.map(({ rule, severity, message }) => `${rule} ${severity}: ${message}`);
const shells = (found: readonly Finding[]) =>
  found.flatMap(({ remedies }) => remedies.flatMap(({ shell }) => shell ?? []));

const healthy = (): { host: FakeHost; world: World; pid: number } => {
  const host = createFakeHost();
  const main = host.process({ argv: ['node', 'web.js'], listen: [{ port }] });
  return { host, pid: main.pid, world: { host, servers: [web], records: [recorded(web, main, port)] } };
};

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
    'undeclared-style',
    'unproven',
    'foreign-listener',
    'shared-endpoint',
    'split-port',
    'pid-disagrees',
    'unresponsive',
    'not-listening',
    'pid-file',
    'failed',
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
    'unresponsive error: web accepts connections and does not answer (PID 5000 (seen by supervised)).',
  ]);
  t.deepEqual(shells(found), ['mpm-io stop --pid 5000']);
});

const held = (setup: (host: FakeHost) => void, more: Partial<World> = {}) => {
  const host = createFakeHost();
  setup(host);
  return findings({ host, servers: [web], ...more });
};

test('its port is held by a stranger, by one that is recognised, by one that is not visible', async (t) => {
  const listens = (host: FakeHost) =>
    void host.process({ pid: 5000, argv: ['python3', 'x.py'], listen: [{ port }] });
  const stranger = await held(listens);
  t.deepEqual(told(stranger), [
    'foreign-listener error: Port 8765 of web is held by PID 5000 (python3 x.py).',
  ]);
  t.deepEqual(shells(stranger), ['mpm-io stop --pid 5000 --force']);
  const recognize = style(undefined, {
    recognize: async ({ pid, start }) =>
      pid === 5000 ? { name: 'relay', sighting: witness({ pid, start, boot: 'fake-boot/1' }) } : null,
  });
  const known = await held(listens, { styles: { supervised: recognize } });
  t.deepEqual(told(known), [
    'foreign-listener error: Port 8765 of web is held by PID 5000 (python3 x.py), which is relay (supervised).',
  ]);
  t.deepEqual(shells(known), ['mpm-io stop --pid 5000']);
  const hidden = await held((host) => host.foreignListener({ port }, 33));
  t.deepEqual(told(hidden), [
    'foreign-listener error: Port 8765 of web is held by a process of user 33 that is not visible to you.',
  ]);
  t.deepEqual(shells(hidden), ['sudo mpm-io diagnose --port 8765']);
  const aside = await held(
    (host) => void host.process({ pid: 5000, argv: ['x'], listen: [{ port, address: '::1' }] }),
  );
  t.deepEqual(told(aside), [
    'foreign-listener warning: Port 8765 of web is held on another address by PID 5000 (x).',
  ]);
});

test('its port is held by a declared server whose own port is another', async (t) => {
  const host = createFakeHost();
  const main = host.process({ pid: 5000, argv: ['node', 'api.js'], listen: [{ port }, { port: 9000 }] });
  const api = server('api', { port: fixed(9000) });
  const found = await findings({ host, servers: [web, api], records: [recorded(api, main, 9000)] });
  t.deepEqual(told(found), [
    'foreign-listener error: Port 8765 of web is held by PID 5000 (node api.js), which is api.',
  ]);
  t.deepEqual(shells(found), ['mpm-io stop --pid 5000']);
});

test('two servers declare one port', async (t) => {
  const api = server('api', { port: fixed(port) });
  const found = await findings({ servers: [web, api] });
  t.deepEqual(told(found), [
    'shared-endpoint error: web and api declare the same port, 8765: only one of them can run.',
  ]);
  const severities = async (...servers: readonly (typeof web)[]) =>
    (await findings({ servers })).map(({ rule, severity }) => `${rule} ${severity}`);
  t.deepEqual(await severities(web, { ...api, host: '127.0.0.2' }), []);
  t.deepEqual(await severities(web, { ...api, host: 'localhost' }), ['shared-endpoint error']);
  t.deepEqual(await severities(web, { ...api, autostart: false }), ['shared-endpoint warning']);
  t.deepEqual(await severities({ ...web, command: null }, { ...api, command: null }), [
    'shared-endpoint info',
  ]);
  t.deepEqual(await severities({ ...web, command: null }, api), ['shared-endpoint info']);
  const range = { kind: 'range' as const, from: port, to: port + 9 };
  t.deepEqual(await severities({ ...web, port: range }, api), []);
  t.deepEqual(await severities({ ...web, port: range }, { ...api, port: range }), []);
});

test('of two that declare one port the one that runs is named, and told nowhere else', async (t) => {
  const { host, pid, world } = healthy();
  const api = server('api', { port: fixed(port) });
  const found = await findings({ ...world, servers: [web, api] });
  t.deepEqual(told(found), [
    'shared-endpoint error: web and api declare the same port, 8765: only one of them can run. web runs there now.',
  ]);
  const observer = { ...api, style: 'watch', command: null };
  const main = { pid, start: host.processes.row(pid)?.start ?? 0, boot: 'fake-boot/1' };
  const both = await findings({
    ...world,
    servers: [
      { ...observer, name: 'a', key: 'default/a' },
      { ...observer, name: 'b', key: 'default/b' },
    ],
    records: [],
    styles: { watch: style(() => running(witness(main, { endpoints: [tcp(port)] }))) },
  });
  t.deepEqual(
    both.map(({ rule, severity }) => [rule, severity]),
    [['shared-endpoint', 'info']],
  );
});

test('a server that is only observed may stand where another declared one runs', async (t) => {
  const { world } = healthy();
  const observer = server('watched', { style: 'watch', command: null, port: fixed(port) });
  const found = await findings({
    ...world,
    servers: [web, observer],
    styles: { supervised: style(), watch: style(() => absent) },
  });
  t.deepEqual(
    found.map(({ rule, severity }) => [rule, severity]),
    [['shared-endpoint', 'info']],
  );
});

test('a twin on the other family', async (t) => {
  const { host, world, pid } = healthy();
  host.process({ pid: 5000, argv: ['node', 'twin.js'], listen: [{ port, address: '::1' }] });
  const found = await findings(world);
  t.deepEqual(told(found), [
    `split-port error: Two servers listen on port 8765: web, PID ${pid} (node web.js), on 127.0.0.1:8765; and PID 5000 (node twin.js), on [::1]:8765. Which one a client of "localhost" reaches is chance.`,
  ]);
  t.deepEqual(shells(found), ['mpm-io stop --pid 5000 --force']);
});

test('both families held by one server are one', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }, { port, address: '::1' }] });
  t.deepEqual(await findings({ host, servers: [web], records: [recorded(web, main, port)] }), []);
});

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

test('a frozen server is let go on, or started again', async (t) => {
  const host = createFakeHost();
  const main = host.process({ state: 'T', listen: [{ port }] });
  const found = await findings({ host, servers: [web], records: [recorded(web, main, port)] });
  t.deepEqual(told(found), [
    `unresponsive error: web is frozen: a signal or a debugger stopped it (PID ${main.pid} (run by mpm-io at /home/tester/.mpm-io)).`,
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
    t.is(found?.message, `The PID file of web is ${verdict}: what it says`);
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
    t.is(found?.remedies[0]?.shell, String.raw`ls -l -- '/run/it'\''s.pid'`);
  });
}

test('wanted up, and not up', async (t) => {
  const found = await findings({ servers: [web], records: [ended(web, 'failed', 'exited with code 3')] });
  t.deepEqual(told(found), ['failed error: web should be up and is not: exited with code 3']);
  t.deepEqual(shells(found), ['mpm-io logs web --err --no-follow', 'mpm-io start web']);
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
