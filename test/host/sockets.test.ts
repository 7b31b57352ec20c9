import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { createHost } from '../../src/host/index.js';
import { endGroup, eventually, serve, startChild, temporaryFolder } from './rig.js';

const host = createHost();
const { sockets } = host;
const nothing = (): void => undefined;
const asRoot = process.getuid?.() === 0 ? test : test.skip;

const listening = `const s = require('net').createServer().listen(+process.argv[1], process.argv[2],
  () => console.log(s.address().port));`;

const startListener = async (t: Parameters<typeof startChild>[0], address: string) => {
  const child = await startChild(t, [process.execPath, '-e', listening, '0', address]);
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return { pid: child.pid, port: Number(line) };
};

test('one port at two addresses has two owners', async (t) => {
  const { port } = await serve(t, nothing, '127.0.0.1');
  const child = await startChild(t, [process.execPath, '-e', listening, String(port), '::1'], {
    until: 'up',
  });
  const table = sockets.listeners();
  const holders = table.holders(port).map(({ family, address, pids }) => ({ family, address, pids }));
  t.deepEqual(holders, [
    { family: 4, address: '127.0.0.1', pids: [process.pid] },
    { family: 6, address: '::1', pids: [child.pid] },
  ]);
  t.is(table.rows.filter((row) => row.port === port).length, 2);
  t.deepEqual(table.holders(1), []);
});

test('a socket that a child inherited has two holders', async (t) => {
  const line = `const s = require('net').createServer().listen(0, '127.0.0.1', () => {
    require('child_process').spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', s._handle.fd] });
    console.log(s.address().port);
  });`;
  const child = await startChild(t, [process.execPath, '-e', line]);
  const [text] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  const held = (): readonly number[] => sockets.listeners().holders(Number(text))[0]?.pids ?? [];
  await eventually(t, () => held().length === 2);
  t.true(held().includes(child.pid));
});

test('owners are looked up once for a table', async (t) => {
  const { pid, port } = await startListener(t, '127.0.0.1');
  const table = sockets.listeners();
  t.deepEqual(table.holders(port)[0]?.pids, [pid]);
  endGroup(pid);
  await eventually(t, () => sockets.listeners().holders(port).length === 0);
  t.deepEqual(table.holders(port)[0]?.pids, [pid]);
});

asRoot('the owner of another user’s socket is not visible, and its port is taken', async (t) => {
  const { port } = await serve(t, nothing);
  const script = `
    const { createHost } = await import(${JSON.stringify(new URL('../../src/host/index.js', import.meta.url))});
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    const { sockets } = createHost();
    const [holder] = sockets.listeners().holders(${port});
    console.log(holder.pids.length, holder.uid, await sockets.bindable(${port}, null));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  t.is(stdout, '0 0 taken\n');
});

test('a specific address refuses itself and the wildcards only', async (t) => {
  const { port } = await serve(t, nothing, '127.0.0.1');
  t.is(await sockets.bindable(port, '127.0.0.1'), 'taken');
  t.is(await sockets.bindable(port, '0.0.0.0'), 'taken');
  t.is(await sockets.bindable(port, '::'), 'taken');
  t.is(await sockets.bindable(port, 'localhost'), 'taken');
  t.is(await sockets.bindable(port, null), 'taken');
  t.is(await sockets.bindable(port, '::1'), 'free');
  t.is(await sockets.bindable(port, '127.0.0.2'), 'free');
});

test('a server on ::1 alone makes the port taken for whoever names no host', async (t) => {
  const { port } = await serve(t, nothing, '::1');
  t.is(await sockets.bindable(port, null), 'taken');
  t.is(await sockets.bindable(port, 'localhost'), 'taken');
  t.is(await sockets.bindable(port, '127.0.0.1'), 'free');
});

test('asking leaves the port free', async (t) => {
  const { port, server } = await serve(t, nothing);
  await new Promise((resolve) => server.close(resolve));
  t.is(await sockets.bindable(port, null), 'free');
  t.is(await sockets.bindable(port, '127.0.0.1'), 'free');
  t.deepEqual(sockets.listeners().holders(port), []);
});

test('an address that is not here', async (t) => {
  t.is(await sockets.bindable(0, '192.0.2.1'), 'no-address');
  t.is(await sockets.bindable(0, 'host.invalid'), 'no-address');
});

asRoot('a privileged port is denied', (t) => {
  const script = `
    const { createHost } = await import(${JSON.stringify(new URL('../../src/host/index.js', import.meta.url))});
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    console.log(await createHost().sockets.bindable(1, '127.0.0.1'));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const start = Number(host.files.readText('/proc/sys/net/ipv4/ip_unprivileged_port_start'));
  t.is(stdout, start > 1 ? 'denied\n' : 'free\n');
});

test('connecting', async (t) => {
  const { port, server } = await serve(t, nothing, '::1');
  t.is(await sockets.connect({ port, host: '::1' }, 2000), 'open');
  t.is(await sockets.connect({ port, host: 'localhost' }, 2000), 'open');
  t.is(await sockets.connect({ port, host: '127.0.0.1' }, 2000), 'refused');
  await new Promise((resolve) => {
    server.close(resolve);
    server.getConnections(nothing);
  });
  t.is(await sockets.connect({ port, host: 'localhost' }, 2000), 'refused');
});

test('connecting to a unix socket', async (t) => {
  const path = join(temporaryFolder(t), 's');
  t.is(await sockets.connect({ path }, 2000), 'refused');
  const server = createServer((socket) => socket.destroy()).listen(path);
  await once(server, 'listening');
  t.teardown(() => server.close());
  t.is(await sockets.connect({ path }, 2000), 'open');
});

test('a full queue is a timeout, in time', async (t) => {
  const line = `import socket, time
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(0); print(s.getsockname()[1], flush=True); time.sleep(60)`;
  const child = await startChild(t, ['python3', '-c', line]);
  const [text] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  const target = { port: Number(text), host: '127.0.0.1' };
  t.is(await sockets.connect(target, 2000), 'open');
  const began = performance.now();
  t.is(await sockets.connect(target, 200), 'timeout');
  t.true(performance.now() - began < 2000);
});
