/** What was seen on running servers of claude-mpm (docs/coming-from-claude-mpm.md, L1 to L26), tried here. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import ava from 'ava';
import { fixture, freePort, isAlive, isClean, processesOf, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const standalone = fixture('claude-mpm/standalone.mjs');
const daemon = fixture('claude-mpm/daemon.mjs');

const daemonAt = (port: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'daemon',
  style: 'daemon-managed',
  command: [process.execPath, daemon, '--port', '{port}'],
  port,
  pidFile: './daemon.pid',
  health: { http: '/health' },
  stop: { timeout: '2s' },
  ...more,
});
const webAt = (port: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'web',
  style: 'http-managed',
  script: server,
  port,
  stop: { timeout: '2s' },
  ...more,
});

const writesItself = (port: number, folder: string): Record<string, unknown> =>
  daemonAt(port, {
    command: [process.execPath, daemon, '--port', '{port}', '--pid-file', join(folder, 'daemon.pid')],
  });

test('L1: a PID file whose number was reused gets nobody killed, and is not shown as a running daemon', async (t) => {
  const port = await freePort();
  const { mpm, run, file, server: statusOf } = project(t, [daemonAt(port)]);
  const other = run('sleep', '600');
  file('daemon.pid', JSON.stringify({ pid: other.pid, process_start_time: 1, server_id: 'x' }));
  t.like(await statusOf('daemon'), { state: 'stopped', pid: null });
  for (const words of [
    ['stop', 'daemon'],
    ['stop', 'daemon', '--force'],
    ['diagnose', '--fix', '--yes'],
  ]) {
    isClean(t, await mpm(...words));
    t.true(isAlive(other.pid), words.join(' '));
  }
});

test('L2, L4: a server without PID beside a daemon: each shows its own PID, and stop ends the one that was named', async (t) => {
  const [port, beside] = [await freePort(), await freePort()];
  const { mpm, listening, folder } = project(t, [
    daemonAt(port),
    { name: 'beside', style: 'http-managed', port: beside, dialect: 'claude-mpm-daemon' },
  ]);
  const first = await listening(daemon, '--port', String(port), '--pid-file', join(folder, 'daemon.pid'));
  const second = await listening(daemon, '--port', String(beside));
  const { servers } = (await mpm('status', '--json')).json;
  t.deepEqual(
    servers.map(({ name, pid, state }) => [name, pid, state]),
    [
      ['daemon', first.pid, 'online'],
      ['beside', second.pid, 'online'],
    ],
  );
  const stopped = await mpm('stop', '--port', String(beside));
  t.is(stopped.code, 0, stopped.text);
  t.false(isAlive(second.pid));
  t.true(isAlive(first.pid));
});

test('L3: what is advised ends the process that it names, and no other', async (t) => {
  const port = await freePort();
  const { shell, mpm, listening, run } = project(t, [daemonAt(port)]);
  const http = await listening(standalone, '--port', String(port));
  const bystander = run('sleep', '600');
  const { findings } = (await mpm('diagnose', '--port', String(port), '--json')).json;
  const remedies = findings.flatMap((finding) => finding.remedies).filter((one) => one.shell !== null);
  t.true(remedies.length > 0, JSON.stringify(findings));
  for (const remedy of remedies) t.regex(remedy.shell, new RegExp(`--pid ${http.pid}\\b`));
  const done = await shell(remedies[0]?.shell ?? '');
  t.is(done.code, 0, done.text);
  t.false(isAlive(http.pid));
  t.true(isAlive(bystander.pid));
  t.is((await mpm('start', 'daemon')).code, 0);
});

test('L5, L7: frozen servers are unresponsive, and ten of them cost one deadline', async (t) => {
  const ports = await freePort(10);
  const servers = Array.from({ length: 10 }, (_value, index) => ({
    name: `frozen-${index}`,
    style: 'http-managed',
    port: ports + index,
    dialect: 'claude-mpm-standalone',
  }));
  const { mpm, listening } = project(t, servers);
  await Promise.all(servers.map(({ port }) => listening(standalone, '--port', String(port), '--silent')));
  const began = Date.now();
  const status = await mpm('status', '--json');
  const ms = Date.now() - began;
  t.true(ms < 8000, `${ms} ms`);
  for (const row of status.json.servers) t.is(row.state, 'unresponsive');
  t.is(status.code, 3);
});

test('L6: a frozen daemon is not healthy, and keeps its id', async (t) => {
  const port = await freePort();
  const { mpm, server: statusOf } = project(t, [daemonAt(port)]);
  t.is((await mpm('start', 'daemon')).code, 0);
  const before = await statusOf('daemon');
  process.kill(before.pid, 'SIGSTOP');
  const after = await statusOf('daemon');
  t.like(after, { state: 'unresponsive', id: before.id, pid: before.pid });
  t.is((await mpm('health', 'daemon')).code, 3);
  const stopped = await mpm('stop', 'daemon');
  t.is(stopped.code, 0, stopped.text);
  t.false(isAlive(before.pid));
});

test('L8: a health answer that is a list breaks nothing', async (t) => {
  const port = await freePort();
  const { mpm, listening } = project(t, [webAt(port)]);
  await listening(server, `--port=${port}`, '--health=list');
  for (const words of [['status'], ['diagnose', '--port', String(port)], ['info', 'web'], ['health', 'web']])
    isClean(t, await mpm(...words), words.join(' '));
  const { evidence } = (await mpm('status', '--json')).json.servers[0];
  t.regex(JSON.stringify(evidence), /list|array/i);
});

test('L9: a start on a taken port is refused, names the holder, and leaves nothing behind', async (t) => {
  const port = await freePort();
  const { mpm, listening, home, server: statusOf } = project(t, [daemonAt(port)]);
  const holder = await listening(server, `--port=${port}`, '--health=none');
  const refused = await mpm('start', 'daemon');
  t.is(refused.code, 1, refused.text);
  t.true(refused.stderr.includes(String(holder.pid)), refused.stderr);
  t.like(await statusOf('daemon'), { state: 'stopped' });
  t.deepEqual(processesOf(home), [holder.pid]);
});

test('L10: a damaged PID file makes no orphan and no twin', async (t) => {
  const port = await freePort();
  const { mpm, listening, file, folder, home } = project(t, []);
  file('ecosystem.json', { servers: [writesItself(port, folder)] });
  const { pid } = await listening(daemon, '--port', String(port), '--pid-file', join(folder, 'daemon.pid'));
  file('daemon.pid', 'garbage\u0000');
  const started = await mpm('start', 'daemon');
  t.is(started.code, 1, started.text);
  t.true(started.stderr.includes(String(pid)), started.stderr);
  t.deepEqual(processesOf(home), [pid]);
  const { findings } = (await mpm('diagnose', 'daemon', '--json')).json;
  t.true(
    findings.some(({ message }) => message.includes('garbage')),
    JSON.stringify(findings),
  );
});

test('L11: a lost PID file hides no running daemon', async (t) => {
  const port = await freePort();
  const { mpm, listening, file, folder, server: statusOf } = project(t, []);
  file('ecosystem.json', { servers: [writesItself(port, folder)] });
  const { pid } = await listening(daemon, '--port', String(port), '--pid-file', join(folder, 'daemon.pid'));
  rmSync(join(folder, 'daemon.pid'));
  t.like(await statusOf('daemon'), { state: 'online', pid });
  const { stdout } = await mpm('diagnose', '--port', String(port));
  t.true(stdout.includes(String(pid)));
  // By its port and command alone nothing proves whose it is: it is ended only by who points at it.
  t.is((await mpm('stop', 'daemon')).code, 1);
  t.true(isAlive(pid));
  t.is((await mpm('stop', '--pid', String(pid), '--force')).code, 0);
  t.false(isAlive(pid));
});

test('L12: status, list, info and diagnose tell one story of a server without pid and without PID file', async (t) => {
  const port = await freePort();
  const { mpm, listening } = project(t, [
    { name: 'it', style: 'http-managed', port, dialect: 'claude-mpm-daemon' },
  ]);
  const { pid } = await listening(daemon, '--port', String(port));
  const [status, list, info, diagnosis] = await Promise.all(
    [['status'], ['list'], ['info', 'it'], ['diagnose', '--port', String(port)]].map((words) =>
      mpm(...words, '--json'),
    ),
  );
  for (const one of [status, list, info]) t.like(one?.json.servers[0], { name: 'it', pid, state: 'online' });
  t.true(diagnosis?.json.claims.some((claim) => claim.pid === pid && claim.name === 'it'));
});

test('L13: another loopback address is started, seen and stopped; a start that fails leaves no child', async (t) => {
  const [port, other] = [await freePort(), await freePort()];
  const {
    mpm,
    home,
    server: statusOf,
  } = project(t, [
    webAt(port, { host: '127.0.0.2' }),
    webAt(other, { name: 'late', args: ['--never-listen'], ready: { http: '/health', timeout: '1s' } }),
  ]);
  const started = await mpm('start', 'web');
  t.is(started.code, 0, started.text);
  t.like(await statusOf('web'), { state: 'online', host: '127.0.0.2' });
  t.is((await mpm('stop', 'web')).code, 0);
  const failed = await mpm('start', 'late');
  t.is(failed.code, 1, failed.text);
  t.deepEqual(processesOf(home), []);
});

test('L14: no port is out of sight', async (t) => {
  const port = await freePort();
  const { mpm } = project(t, [webAt(port)]);
  t.is((await mpm('start', 'web')).code, 0);
  t.is((await mpm('status', '--port', String(port), '--json')).json.servers[0].name, 'web');
});
