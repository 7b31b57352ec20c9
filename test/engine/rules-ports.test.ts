import test from 'ava';
import { createFakeHost, type FakeHost } from '../../src/testing/index.js';
import { absent, fixed, recorded, running, server, style, tcp, witness, type World } from './rig.js';
import { findings, healthy, port, shells, told, web } from './rules-rig.js';

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
  t.deepEqual(told(both), [
    `claimed-twice error: PID ${pid} is claimed by a and b; it is taken for a, because its command line says so.`,
    'shared-endpoint info: a and b declare the same port, 8765: only one of them can run. a runs there now.',
  ]);
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

test('a twin that is declared, too, is told once, with both ways out', async (t) => {
  const { host, world } = healthy();
  const twin = server('twin', { port: fixed(port), host: '::1' });
  const main = host.process({ pid: 5000, argv: ['node', 'twin.js'], listen: [{ port, address: '::1' }] });
  const found = await findings({
    ...world,
    servers: [web, twin],
    records: [...(world.records ?? []), recorded(twin, main, port)],
  });
  const [split, ...more] = found.filter(({ rule }) => rule === 'split-port');
  t.deepEqual(more, []);
  t.deepEqual(
    split?.remedies.map(({ shell }) => shell),
    ['mpm-io stop twin', 'mpm-io stop web'],
  );
});

test('both families held by one server are one', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }, { port, address: '::1' }] });
  t.deepEqual(await findings({ host, servers: [web], records: [recorded(web, main, port)] }), []);
});
