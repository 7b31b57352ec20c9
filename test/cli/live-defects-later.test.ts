/** What was seen on running servers of claude-mpm (docs/coming-from-claude-mpm.md, L1 to L26), tried here. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import ava from 'ava';
import {
  accepts,
  eventually,
  fixture,
  freePort,
  isAlive,
  isClean,
  processesOf,
  project,
  server,
  type Row,
} from './rig.js';

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

test('L15, L16: a restart keeps id, host, port and style, of each style', async (t) => {
  const [port, range] = [await freePort(), await freePort(3)];
  const { mpm, status } = project(t, [
    daemonAt(port, {
      host: '127.0.0.3',
      command: [process.execPath, daemon, '--port', '{port}', '--host', '{host}'],
    }),
    webAt(range, { name: 'blue', instances: 2, port: { from: range, to: range + 2 }, host: '127.0.0.1' }),
  ]);
  const started = await mpm('start', 'all');
  t.is(started.code, 0, started.text);
  const before = await status();
  const again = await mpm('restart', 'all');
  t.is(again.code, 0, again.text);
  const after = await status();
  const kept = ({ key, id, host, port: at, style, state }: Row) => ({ key, id, host, at, style, state });
  t.deepEqual(after.map(kept), before.map(kept));
  t.true(after.every((row, index) => row.pid !== before[index]?.pid));
});

test('L17: a server does not end with the terminal that started it', async (t) => {
  const port = await freePort();
  const { mpm, server: statusOf } = project(t, [webAt(port)]);
  t.is((await mpm('start', 'web')).code, 0);
  const { pid } = await statusOf('web');
  const [, , , session] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const helper = readFileSync(`/proc/${session}/cmdline`, 'utf8');
  t.true(helper.includes('mpm-io-helper'), helper);
  t.not(Number(session), process.pid);
  const terminal = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')[4];
  t.is(terminal, '0');
});

test('L18: exit codes are 0, 1, 2 and 3', async (t) => {
  const [port, taken] = [await freePort(), await freePort()];
  const {
    mpm,
    listening,
    server: statusOf,
  } = project(t, [webAt(port), webAt(taken, { name: 'taken', command: ['true'], script: undefined })]);
  await listening(server, `--port=${taken}`, '--health=none');
  t.is((await mpm('stop', 'web')).code, 0);
  t.is((await mpm('start', 'web')).code, 0);
  t.is((await mpm('start', 'web')).code, 0);
  t.is((await mpm('start', 'taken')).code, 1);
  t.is((await mpm('start', 'nobody')).code, 2);
  const { pid } = await statusOf('web');
  process.kill(pid, 'SIGKILL');
  await eventually(async () => (await statusOf('web')).state === 'failed', 'failed');
  t.is((await mpm('status', 'web')).code, 3);
  t.is((await mpm('health', 'web')).code, 3);
});

test('L19: a PID file does not outlive its server unseen', async (t) => {
  const port = await freePort();
  const {
    mpm,
    folder,
    server: statusOf,
  } = project(t, [daemonAt(port, { script: server, command: undefined })]);
  const path = join(folder, 'daemon.pid');
  t.is((await mpm('start', 'daemon')).code, 0);
  t.is((await mpm('stop', 'daemon', '--force')).code, 0);
  t.throws(() => statSync(path), { code: 'ENOENT' });

  t.is((await mpm('start', 'daemon')).code, 0);
  const { pid } = await statusOf('daemon');
  process.kill(pid, 'SIGKILL');
  await eventually(async () => (await statusOf('daemon')).state === 'failed', 'failed');
  const { findings } = (await mpm('diagnose', 'daemon', '--json')).json;
  t.true(
    findings.some(({ rule }) => rule === 'pid-file'),
    JSON.stringify(findings),
  );
  t.notThrows(() => statSync(path), 'status and diagnose change nothing');
  const again = await mpm('start', 'daemon');
  t.is(again.code, 0, again.text);
  t.true(readFileSync(path, 'utf8').includes(String((await statusOf('daemon')).pid)));
});

test('L20: a zombie is dead', async (t) => {
  const port = await freePort();
  const { mpm, run, file, server: statusOf } = project(t, [daemonAt(port)]);
  const parent = run('/bin/sh', '-c', 'sleep 0.05 & echo $!; exec sleep 600');
  await eventually(() => /^\d+\n/.test(parent.output()), 'the PID of the child');
  const zombie = Number(parent.output());
  await eventually(() => /\) Z /.test(readFileSync(`/proc/${zombie}/stat`, 'utf8')), 'a zombie');
  file('daemon.pid', String(zombie));
  t.like(await statusOf('daemon'), { state: 'stopped' });
  const began = Date.now();
  const stopped = await mpm('stop', 'daemon');
  t.is(stopped.code, 0, stopped.text);
  t.true(Date.now() - began < 8000);
  const { findings } = (await mpm('diagnose', 'daemon', '--json')).json;
  t.true(
    findings.some(({ message }) => message.includes('zombie')),
    JSON.stringify(findings),
  );
  const started = await mpm('start', 'daemon');
  t.is(started.code, 0, started.text);
});

test('L21: an HTTP server is seen with nothing on the path but Node', async (t) => {
  const port = await freePort();
  const { mpmWith, listening } = project(t);
  const { pid } = await listening(standalone, '--port', String(port));
  const { json } = await mpmWith(
    { env: { PATH: '/nonexistent' } },
    'status',
    '--port',
    String(port),
    '--json',
  );
  t.is([...json.servers, ...json.undeclared][0]?.pid, pid);
});

test('L22: versions are compared by number, and a body that is no JSON is a 400', async (t) => {
  const port = await freePort();
  const options = JSON.stringify({ version: '0.10.0', minClient: '0.9.0' });
  const { mpm } = project(t, [
    {
      name: 'chat',
      style: 'http-managed',
      command: [process.execPath, fixture('sdk/managed-server.mjs'), 'http', options],
      port,
    },
  ]);
  const started = await mpm('start', 'chat');
  t.is(started.code, 0, started.text);
  const ask = (body: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/compatibility`, { method: 'POST', body });
  for (const [client, fits] of [
    ['0.10.0', true],
    ['0.8.0', false],
  ] as const) {
    const answer = (await (await ask(JSON.stringify({ client_version: client }))).json()) as {
      compatible: boolean;
    };
    t.is(answer.compatible, fits, client);
  }
  t.is((await ask('no json')).status, 400);
});

test('L23: logs are for their owner alone, and a server gets the umask of its caller', async (t) => {
  const port = await freePort();
  const { mpm, home } = project(t, [webAt(port)]);
  t.is((await mpm('start', 'web')).code, 0);
  t.is(statSync(join(home, 'logs/default/web.out.log')).mode & 0o777, 0o600);
  t.is(statSync(home).mode & 0o777, 0o700);
});

test('L24: a full range is told with its true ends, and no placeholder stays unfilled', async (t) => {
  const from = await freePort(2);
  const { mpm, listening, home } = project(t, [webAt(from, { port: { from, to: from + 1 } })]);
  const holders = await Promise.all(
    [from, from + 1].map((port) => listening(standalone, '--port', String(port), '--silent')),
  );
  const full = await mpm('start', 'web');
  t.is(full.code, 1, full.text);
  t.true(full.stderr.includes(`${from} to ${from + 1}`), full.stderr);
  t.notRegex(full.text, /\{\w+\}/);
  t.deepEqual(new Set(processesOf(home)), new Set(holders.map(({ pid }) => pid)));
  isClean(t, full);
});

test('L24: a folder that is missing is told as the cause of a failed start', async (t) => {
  const port = await freePort();
  const { mpm } = project(t, [webAt(port, { cwd: './not-there' })]);
  const failed = await mpm('start', 'web');
  t.is(failed.code, 1);
  t.true(failed.stderr.includes('not-there'), failed.stderr);
});

test('L25: a server on 127.0.0.1 alone is not taken for absent where ::1 is free', async (t) => {
  const port = await freePort();
  const { mpm, server: statusOf } = project(t, [webAt(port)]);
  t.is((await mpm('start', 'web')).code, 0);
  t.like(await statusOf('web'), { state: 'online' });
  t.true(await accepts(port, '127.0.0.1'));
  t.false(await accepts(port, '::1'));
  const again = await mpm('start', 'web');
  t.is(again.code, 0, again.text);
});

test('L26: a daemon that never bound is stopped without a traceback', async (t) => {
  const port = await freePort();
  const { mpm, run, file } = project(t, [daemonAt(port, { command: undefined, script: server })]);
  const silent = run(server, '--never-listen');
  await eventually(() => isAlive(silent.pid), 'it runs');
  file('daemon.pid', String(silent.pid));
  for (const words of [['status'], ['stop', 'daemon'], ['status'], ['info', 'daemon']])
    isClean(t, await mpm(...words));
});
