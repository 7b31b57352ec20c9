import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { io } from 'socket.io-client';
import test from 'ava';
import { json, startProgram, temporaryHome } from './program.js';
import type { ExecutionContext } from 'ava';
import type { Socket } from 'socket.io-client';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const client = (t: ExecutionContext, url: string, auth: object = {}): Socket => {
  const socket = io(url, { forceNew: true, auth });
  t.teardown(() => socket.disconnect());
  return socket;
};

const heard = (socket: Socket, event: string): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${event} was not heard`)), 15_000);
    socket.once(event, (value: Record<string, unknown>) => {
      clearTimeout(timer);
      resolve(value);
    });
  });

/** An example says where it is in one line of its own. */
const startExample = (t: ExecutionContext, argv: readonly [string, ...string[]]): Promise<string> => {
  const [program, ...rest] = argv;
  const child = spawn(program, rest, {
    cwd: root,
    env: { PATH: process.env['PATH'], PORT: '0', MPM_IO_HOME: temporaryHome(t) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const url = /http:\/\/\S+(?=\s)/.exec(out)?.[0];
      if (url !== undefined) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${argv.join(' ')} ended with ${code}`)));
  });
};

test('chat: names are unique, a room hears its messages, late comers get the history', async (t) => {
  const url = await startExample(t, [process.execPath, 'examples/chat/server.mjs']);
  t.like(await json(`${url}/health`), { name: 'chat', status: 'healthy' });
  t.regex(await (await fetch(url)).text(), /socket\.io\.js/);

  const ann = client(t, url, { name: 'ann' });
  t.like(await heard(ann, 'welcome'), { name: 'ann', rooms: [] });
  t.like(await ann.emitWithAck('say', 'too early'), {
    error: 'Join a room first, and say 1 to 2000 characters.',
  });
  t.like(await ann.emitWithAck('join', 'hall', 0), { room: 'hall', messages: [] });
  t.like(await ann.emitWithAck('say', 'hello'), { id: 1 });

  const twin = client(t, url, { name: 'ann' });
  t.like(await heard(twin, 'welcome'), { name: 'ann 2', rooms: ['hall'] });
  const joined = heard(ann, 'joined');
  const { messages } = (await twin.emitWithAck('join', 'hall', 0)) as { messages: object[] };
  t.like(messages, [{ id: 1, author: 'ann', text: 'hello' }]);
  t.like(await joined, { name: 'ann 2' });
  const message = heard(ann, 'message');
  await twin.emitWithAck('say', 'me too');
  t.like(await message, { id: 2, author: 'ann 2', text: 'me too' });
  t.deepEqual(((await ann.emitWithAck('join', 'hall', 2)) as { messages: object[] }).messages, []);
});

test('relay: acknowledges, broadcasts to the others of the namespace, and gives its history', async (t) => {
  const url = await startExample(t, [process.execPath, 'examples/relay/server.mjs']);
  const tool = client(t, url, { client_version: '0.6.0' });
  const warning = heard(tool, 'compatibility_warning');
  t.like(await heard(tool, 'connection_ack'), { namespace: '/', server_status: 'healthy' });
  t.regex(String((await warning)['warnings']), /older than 0\.7\.0/);
  const watcher = client(t, url);
  const elsewhere = client(t, `${url}/hooks`);
  await Promise.all([heard(watcher, 'connection_ack'), heard(elsewhere, 'connection_ack')]);

  const event = heard(watcher, 'claude_event');
  elsewhere.on('claude_event', () => t.fail('another namespace heard it'));
  t.like(await tool.emitWithAck('claude_event', { type: 'tool_use' }), { seq: 1 });
  t.like(await event, { seq: 1, event: { type: 'tool_use' } });
  const history = heard(watcher, 'event_history');
  watcher.emit('get_history', { limit: 10 });
  t.like(await history, { count: 1, last_seq: 1 });
  const pong = heard(tool, 'pong');
  tool.emit('ping', 5);
  t.like(await pong, { data: 5 });
});

const python = spawnSync('python3', ['--version']).status === 0 ? test : test.skip;
python('clock: another language answers health in the same words', async (t) => {
  const url = await startExample(t, ['python3', 'examples/clock.py']);
  const health = await json(`${url}/health`);
  t.like(health, { status: 'healthy', server_id: 'clock', version: '1.0.0' });
  t.true(Number.isInteger(health['pid']));
  t.is((await fetch(`${url}/else`)).status, 404);
});

test('prepare is a task that ends with 0, twice', (t) => {
  for (let i = 0; i < 2; i++) t.is(spawnSync('/bin/sh', ['examples/prepare.sh'], { cwd: root }).status, 0);
});

for (const [dialect, has, lacks] of [
  ['standalone', ['pid', 'server_id', 'server_version'], ['service']],
  ['daemon', ['server', 'clients_connected'], ['pid', 'server_id', 'version']],
  ['monitor', ['pid', 'service', 'uptime'], ['server_id']],
] as const)
  test(`the ${dialect} stand-in speaks its dialect and removes its PID file`, async (t) => {
    const file = `${temporaryHome(t)}/server.pid`;
    const parameters = ['--port', '0', '--pid-file', file];
    const server = await startProgram(t, `test/fixtures/claude-mpm/${dialect}.mjs`, parameters);
    const health = await json(`${server.url}/health`);
    for (const key of has) t.true(key in health, key);
    for (const key of lacks) t.false(key in health, key);
    t.is((await fetch(`${server.url}/shutdown`, { method: 'POST' })).status, 404);
    const text = readFileSync(file, 'utf8');
    const pid: unknown = dialect === 'standalone' ? (JSON.parse(text) as { pid: number }).pid : Number(text);
    t.is(pid, server.pid);
    server.kill('SIGTERM');
    t.is((await server.exit).code, 0);
    t.throws(() => readFileSync(file), { code: 'ENOENT' });
  });
