import { once } from 'node:events';
import test from 'ava';
import { createHost } from '../../src/host/index.js';
import { parseLsof } from '../../src/host/portable/listeners.js';
import { parsePsRows } from '../../src/host/portable/ps-rows.js';
import { isAlive, startedAt } from '../../src/model/process.js';
import { eventually, serve, startChild } from './rig.js';

/** As macOS prints it. */
const macRows = `    1     0     1      0 Ss   Mon Nov 23 08:00:01 2026       2:03.50  12345 launchd
  512     1   512      0 S+   Mon Nov 23 09:10:11 2026    1:02:03.25   2048 my server (x)
  513   512   512      0 Z    Tue Nov  3 09:10:11 2026       0:00.00      0 (node)
garbage
`;

test('rows of ps', (t) => {
  const rows = parsePsRows(macRows);
  t.deepEqual(rows[1], {
    pid: 512,
    ppid: 1,
    pgid: 512,
    session: 0,
    state: 'S',
    start: Date.UTC(2026, 10, 23, 9, 10, 11) / 1000,
    comm: 'my server (x)',
    cpuTicks: 3723.25,
    rssBytes: 2048 * 1024,
    threads: 1,
  });
  t.deepEqual(rows.map(isAlive), [true, true, false]);
  t.is(rows[0]?.cpuTicks, 123.5);
});

test('days of processor time', (t) => {
  const [row] = parsePsRows('1 0 1 1 Ss Mon Nov 23 08:00:01 2026 1-02:03:04 12 init');
  t.is(row?.cpuTicks, 93_784);
});

const macSockets = `p512
u501
f20
tIPv4
d0x1a2b3c4d
n127.0.0.1:8080
f21
tIPv6
d0x1a2b3c4e
n[::1]:8080
p513
u501
f20
tIPv4
d0x1a2b3c4d
n127.0.0.1:8080
p90
u0
f3
tIPv6
d0x99
n*:22
`;

test('sockets of lsof', (t) => {
  t.deepEqual(parseLsof(macSockets), [
    { family: 4, address: '127.0.0.1', port: 8080, inode: 0x1a2b3c4d, uid: 501, pids: [512, 513] },
    { family: 6, address: '::1', port: 8080, inode: 0x1a2b3c4e, uid: 501, pids: [512] },
    { family: 6, address: '::', port: 22, inode: 0x99, uid: 0, pids: [90] },
  ]);
  t.deepEqual(parseLsof(''), []);
});

const host = createHost({ platform: 'darwin' });

test('where there is no /proc, ps knows and signals processes', async (t) => {
  const child = await startChild(t, ['sleep', '60']);
  const identity = host.processes.identify(child.pid);
  if (identity === null) return t.fail();
  const table = host.processes.table();
  const row = table.rows.get(child.pid);
  t.is(row?.ppid, process.pid);
  t.true(row !== undefined && Math.abs(startedAt(table, row) - Date.now()) < 30_000);
  t.like(host.processes.details(child.pid), { argv: ['sleep', '60'], uid: process.geteuid?.() });
  t.true(host.processes.children(process.pid).includes(child.pid));
  t.is(host.processes.signal({ ...identity, start: identity.start - 1 }, 'SIGKILL'), 'gone');
  t.is(host.processes.signal(identity, 'SIGTERM'), 'sent');
  await once(child, 'exit');
  t.is(host.processes.identify(child.pid), null);
  t.is(host.processes.signal(identity, 'SIGTERM'), 'gone');
});

test('where there is no /proc, ps finds environments', async (t) => {
  const value = `ps-${process.pid}-${Date.now()}`;
  const child = await startChild(t, ['sleep', '60'], { env: { MARK: value, Z: '1' } });
  await eventually(t, () => host.processes.withEnvironment('MARK', value).includes(child.pid));
  t.deepEqual(host.processes.withEnvironment('MARK', value.slice(0, -1)), []);
});

test('where there is no /proc, lsof knows listeners', async (t) => {
  const { port } = await serve(t, () => undefined);
  t.like(host.sockets.listeners().holders(port), [{ address: '127.0.0.1', port, pids: [process.pid] }]);
});
