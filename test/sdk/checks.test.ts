import { createServer } from 'node:http';
import test from 'ava';
import { runChecks } from '../../src/sdk/checks.js';
import { manage } from '../../src/sdk/index.js';
import { watchLoop } from '../../src/sdk/stall.js';
import { temporaryHome, until } from './program.js';

const policy = { interval: 15, timeout: 30, failures: 3, window: 60_000, rest: 200 };

test('a check fails by throwing, by answering false, and by taking too long; the others are asked all the same', async (t) => {
  const aborted: boolean[] = [];
  const checks = runChecks(
    {
      fine: () => undefined,
      throws: () => Promise.reject(new Error('no route')),
      false: () => false,
      hangs: (signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => aborted.push(true));
        }),
    },
    { ...policy, failures: 1000 },
  );
  t.teardown(() => checks.release());
  await until(
    () => (checks.states()['hangs']?.consecutive_failures ?? 0) >= 2,
    'the hanging one failed twice',
  );
  const states = checks.states();
  t.like(states['fine'], { ok: true, consecutive_failures: 0, error: null });
  t.like(states['throws'], { ok: false, error: 'no route', circuit: 'closed' });
  t.like(states['false'], { ok: false, error: 'answered false' });
  t.like(states['hangs'], { ok: false, error: 'no answer within 30 ms' });
  t.true(aborted.length >= 2);
});

test('the circuit opens after so many failures, rests, tries once, and closes on success', async (t) => {
  let asked = 0;
  let broken = true;
  const checks = runChecks(
    {
      db: () => {
        asked++;
        if (broken) throw new Error('down');
      },
    },
    policy,
  );
  t.teardown(() => checks.release());
  await until(() => checks.states()['db']?.circuit === 'open', 'open');
  t.is(asked, 3);
  await until(() => asked === 4, 'one trial after the rest');
  t.is(checks.states()['db']?.circuit, 'open');
  broken = false;
  await until(() => checks.states()['db']?.ok === true, 'well again');
  t.like(checks.states()['db'], { circuit: 'closed', consecutive_failures: 0 });
});

test('health is unhealthy and 503 once a circuit is open, healthy again after', async (t) => {
  let broken = false;
  const server = createServer();
  const managed = manage(server, {
    home: temporaryHome(t),
    signals: [],
    checks: {
      db: () => {
        if (broken) throw new Error('down');
      },
    },
    checkPolicy: { ...policy, interval: 40, rest: 100 },
  });
  t.teardown(() => {
    managed.release();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${managed.health().port}`;
  await until(() => managed.status === 'healthy', 'healthy');
  broken = true;
  await until(() => managed.status === 'unhealthy', 'unhealthy');
  t.is((await fetch(`${url}/health`)).status, 503);
  broken = false;
  await until(() => managed.status === 'healthy', 'healthy again');

  managed.notReady('reloading the catalogue');
  t.is(managed.status, 'degraded');
  t.deepEqual(await (await fetch(`${url}/ready`)).json(), {
    ready: false,
    reason: 'reloading the catalogue',
  });
  managed.ready();
  t.is(managed.status, 'healthy');
});

test('a failing check alone is degraded, and still 200', async (t) => {
  const server = createServer();
  const managed = manage(server, { home: temporaryHome(t), signals: [], checks: { db: () => false } });
  t.teardown(() => {
    managed.release();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const answer = await fetch(`http://127.0.0.1:${managed.health().port}/health`);
  t.is(answer.status, 200);
  t.like(await answer.json(), { status: 'degraded', reasons: ['db: answered false'] });
});

test('a blocked event loop is seen, except the one of the start', async (t) => {
  const loop = watchLoop(1000);
  t.teardown(() => loop.release());
  const block = (milliseconds: number): void => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  };
  await until(() => loop.delay().max_ms >= 0, 'running');
  block(200);
  t.is(loop.stall(), 0);
  await new Promise((resolve) => {
    setTimeout(resolve, 1100); // the first window is over
  });
  block(300);
  await until(() => loop.stall() > 150, 'the stall is seen');
});

test('what is no server is refused with what to pass instead', (t) => {
  for (const wrong of [null, 3000, {}, () => undefined, { server: {}, close: () => undefined }])
    t.throws(() => manage(wrong as never), { instanceOf: TypeError, message: /express.*app\.listen/ });
  const server = createServer();
  t.throws(() => manage(server, { paths: { health: 'health' } }), { message: /starts with/ });
  t.throws(() => manage(server, { paths: { health: '/x', stats: '/x' } }), {
    message: /path of health and of stats/,
  });
  t.throws(() => manage(server, { minClient: 'new' }), { message: /Not a version/ });
});
