import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import test from 'ava';
import { json, startManaged, temporaryHome, until } from './program.js';
import type { Program } from './program.js';

const refuses = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    }).once('error', () => resolve(true));
  });

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  test(`${signal}: drains, runs the hooks in order, removes its token, exits 0`, async (t) => {
    const home = temporaryHome(t);
    const server = await startManaged(t, 'http', {}, { MPM_IO_HOME: home });
    t.true(existsSync(`${home}/tokens/${server.pid}.json`));
    server.kill(signal);
    t.deepEqual(await server.exit, { code: 0, signal: null });
    t.deepEqual(server.said('hook'), ['onDrain', 'onShutdown']);
    t.false(existsSync(`${home}/tokens/${server.pid}.json`));
    t.is(server.stderr(), '');
  });

test('a running request gets its whole answer, while new connections are refused', async (t) => {
  const server = await startManaged(t, 'http', { hold: 600 });
  const answer = fetch(`${server.url}/slow`);
  await server.line('slow');
  server.kill('SIGTERM');
  await until(() => refuses(server.port), 'the port is closed');
  t.is(await (await answer).text(), 'first last');
  t.is((await server.exit).code, 0);
});

test('an idle kept connection does not hold the end up', async (t) => {
  const server = await startManaged(t, 'http', { timeout: 8000 });
  const began = performance.now();
  await (await fetch(server.url)).text();
  server.kill('SIGTERM');
  t.is((await server.exit).code, 0);
  t.true(performance.now() - began < 4000);
});

test('a request that never ends is cut at the deadline', async (t) => {
  const server = await startManaged(t, 'http', { hold: true, timeout: 800 });
  const answer = fetch(`${server.url}/slow`).then((response) => response.text());
  await server.line('slow');
  server.kill('SIGTERM');
  await t.throwsAsync(answer);
  t.is((await server.exit).code, 0);
});

test('what the application left open does not keep the process', async (t) => {
  const server = await startManaged(t, 'http', { busy: true });
  server.kill('SIGTERM');
  t.is((await server.exit).code, 0);
});

for (const [hook, words] of [
  ['throws', /onShutdown failed: the database is gone/],
  ['hangs', /onShutdown took longer than/],
] as const)
  test(`a hook that ${hook} is told and makes the exit code 1`, async (t) => {
    const server = await startManaged(t, 'http', { hook, timeout: 700 });
    server.kill('SIGTERM');
    t.is((await server.exit).code, 1);
    t.regex(server.stderr(), words);
  });

test('a second signal forces, but the same Ctrl-C heard twice does not', async (t) => {
  const server = await startManaged(t, 'http', { hook: 'hangs', timeout: 60_000 });
  server.kill('SIGINT');
  server.kill('SIGINT');
  await until(() => refuses(server.port), 'the port is closed');
  await new Promise((resolve) => {
    setTimeout(resolve, 350); // longer than what counts as the same wish
  });
  server.kill('SIGTERM');
  t.deepEqual(await server.exit, { code: 143, signal: null });
});

test('/ready is 503 while draining, before anything is closed', async (t) => {
  const server = await startManaged(t, 'http', { drainDelay: 3000 });
  server.kill('SIGTERM');
  await until(async () => (await fetch(`${server.url}/ready`)).status === 503, 'not ready');
  t.like(await json(`${server.url}/health`), { status: 'draining' });
  t.is((await fetch(server.url)).status, 200);
  t.is((await server.exit).code, 0);
});

test('two servers of one process end together', async (t) => {
  const server = await startManaged(t, 'two');
  server.kill('SIGTERM');
  t.is((await server.exit).code, 0);
});

test('fastify closes by itself, with its own hooks', async (t) => {
  const server = await startManaged(t, 'fastify');
  server.kill('SIGTERM');
  t.is((await server.exit).code, 0);
  t.deepEqual(server.said('hook'), ['onDrain', 'onClose', 'onShutdown']);
});

test('exit: false closes everything and leaves the process to the application', async (t) => {
  const server = await startManaged(t, 'http', { exit: false, busy: true });
  server.kill('SIGTERM');
  await until(() => refuses(server.port), 'the port is closed');
  t.true(alive(server));
  await until(() => {
    server.kill('SIGTERM');
    return !alive(server);
  }, 'the signal has its usual meaning again');
  t.deepEqual(await server.exit, { code: null, signal: 'SIGTERM' });
});

const alive = (program: Program): boolean => {
  try {
    return process.kill(program.pid, 0);
  } catch {
    return false; // gone
  }
};
