/** An option that is read and not applied would let a stop end what the person has just left out. */
import ava from 'ava';
import { accepts, eventually, findingOf, freePort, isAlive, isClean, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const webAt = (port: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'web',
  style: 'http-managed',
  script: server,
  port,
  host: '127.0.0.1',
  stop: { timeout: '2s' },
  ...more,
});

test('what stands beside a port or PID narrows it for every command, and nothing left is told', async (t) => {
  const [port, other] = [await freePort(), await freePort()];
  const { mpm, status } = project(t, [webAt(port), webAt(other, { namespace: 'prod', style: 'supervised' })]);
  t.is((await mpm('start', 'all')).code, 0);
  const before = await status();
  const { pid } = before[0];
  const pointers = [
    ['--port', String(port)],
    ['--pid', String(pid)],
  ];
  const commands = [
    'status',
    'info',
    'health',
    'diagnose',
    'stop',
    'restart',
    'start',
    'delete',
    'wait',
    'logs',
  ];
  for (const command of commands)
    for (const pointer of pointers) {
      const more = command === 'logs' ? ['--no-follow'] : command === 'wait' ? ['--timeout', '2s'] : [];
      for (const filter of [
        ['--style', 'supervised'],
        ['--namespace', 'prod'],
        ['--only', 'prod/web'],
        ['prod/web'],
      ]) {
        const left = await mpm(command, ...pointer, ...filter, ...more);
        const what = [command, ...pointer, ...filter].join(' ');
        t.is(left.code, 2, `${what}: ${left.text}`);
        t.regex(left.stderr, /leads to web \(http-managed.*left out by: /, what);
        isClean(t, left, what);
      }
    }
  for (const command of ['status', 'info', 'health', 'diagnose', 'wait', 'logs', 'start'])
    for (const filter of [
      ['--style', 'http-managed'],
      ['--namespace', 'default'],
      ['--only', 'web'],
      ['web'],
      ['all'],
    ]) {
      const more = command === 'logs' ? ['--no-follow'] : [];
      const kept = await mpm(command, '--port', String(port), ...filter, ...more);
      t.is(kept.code, 0, `${command} ${filter.join(' ')}: ${kept.text}`);
    }
  t.deepEqual(
    (await status()).map((row) => row.pid),
    before.map((row) => row.pid),
  );
});

test('a port beside a PID says that it has that port', async (t) => {
  const [port, other] = [await freePort(), await freePort()];
  const { mpm, server: statusOf } = project(t, [webAt(port), webAt(other, { name: 'api' })]);
  t.is((await mpm('start', 'all')).code, 0);
  const { pid } = await statusOf('web');
  for (const command of ['stop', 'status', 'logs', 'wait']) {
    const wrong = await mpm(command, '--pid', String(pid), '--port', String(other));
    t.is(wrong.code, 2, wrong.text);
    t.regex(wrong.stderr, /PID \d+ leads to web .*left out by: --port/);
  }
  t.is((await mpm('stop', '--pid', String(pid), '--port', String(port))).code, 0);
  t.false(isAlive(pid));
});

test('a namespace says which of two servers of one name is meant', async (t) => {
  const [port, other] = [await freePort(), await freePort()];
  const { mpm, status } = project(t, [webAt(port), webAt(other, { namespace: 'prod', style: 'supervised' })]);
  t.is((await mpm('start', 'all')).code, 0);
  t.deepEqual(
    (await status('web', '--namespace', 'prod')).map(({ key }) => key),
    ['prod/web:0'],
  );
  const stopped = await mpm('stop', 'web', '--style', 'supervised');
  t.is(stopped.code, 0, stopped.text);
  t.deepEqual(
    (await status()).map(({ key, state }) => [key, state]),
    [
      ['default/web:0', 'online'],
      ['prod/web:0', 'stopped'],
    ],
  );
  const none = await mpm('stop', 'default/web', '--namespace', 'prod');
  t.is(none.code, 2, none.text);
  t.regex(none.stderr, /There is default\/web, and that is left out by: --namespace prod/);
});

test('a misspelt name beside a port is told as one', async (t) => {
  const port = await freePort();
  const { mpm } = project(t, [webAt(port)]);
  t.is((await mpm('start', 'web')).code, 0);
  for (const words of [['wbe'], ['--only', 'wbe']]) {
    const wrong = await mpm('status', '--port', String(port), ...words);
    t.is(wrong.code, 2, wrong.text);
    t.regex(wrong.stderr, /There is no server wbe\. Did you mean "web"/);
  }
  const style = await mpm('status', '--port', String(port), '--style', 'supervisd');
  t.is(style.code, 2, style.text);
});

test('diagnose asks about what --only keeps', async (t) => {
  const [port, other] = [await freePort(), await freePort()];
  const { mpm } = project(t, [webAt(port), webAt(other, { name: 'api' })]);
  const { ports } = (await mpm('diagnose', '--only', 'api', '--json')).json;
  t.deepEqual(
    ports.map((one) => (one as unknown as { port: number }).port),
    [other],
  );
});

test('a server that is named by its port is started with what it needs, whatever autostart says', async (t) => {
  const port = await freePort();
  const { mpm, server: statusOf } = project(t, [
    { name: 'job', type: 'task', command: ['true'] },
    webAt(port, { dependsOn: ['job'], autostart: false }),
  ]);
  const started = await mpm('start', '--port', String(port));
  t.is(started.code, 0, started.text);
  t.like(await statusOf('web'), { state: 'online' });
  t.like(await statusOf('job'), { state: 'done' });
  t.is((await mpm('stop', 'web')).code, 0);
  t.is((await mpm('start', '--only', 'web')).code, 0);
  t.like(await statusOf('web'), { state: 'online' });
});

test('what another file has recorded is found by its port, for logs and wait too', async (t) => {
  const port = await freePort();
  const { mpm, mpmWith, folder, file } = project(t, [webAt(port)]);
  t.is((await mpm('start', 'web')).code, 0);
  file('other/ecosystem.json', { servers: [] });
  const cwd = `${folder}/other`;
  const logs = await mpmWith({ cwd }, 'logs', '--port', String(port), '--no-follow');
  t.is(logs.code, 0, logs.text);
  t.regex(logs.stdout, /listening/);
  t.is((await mpmWith({ cwd }, 'wait', '--port', String(port), '--timeout', '10s')).code, 0);
});

test('a task that alone is named is waited for until it is done', async (t) => {
  const { mpm } = project(t, [
    { name: 'job', type: 'task', command: ['true'] },
    { name: 'other', type: 'task', command: ['false'] },
  ]);
  t.is((await mpm('start', 'job')).code, 0);
  t.is((await mpm('wait', 'job', '--timeout', '5s')).code, 0);
  t.is((await mpm('wait', 'other', '--timeout', '200ms')).code, 1);
});

test('what a command cannot use is refused', async (t) => {
  const port = await freePort();
  const { mpm } = project(t, [webAt(port)]);
  for (const words of [
    ['start', 'web', '--', '--verbose'],
    ['status', '--', 'web'],
    ['logs', 'web', '--json', '--raw'],
    ['info', '--port', String(port + 1)],
    ['info', '--style', 'supervised'],
    ['wait', '--style', 'supervised'],
  ]) {
    const refused = await mpm(...words);
    t.is(refused.code, 2, `${words.join(' ')}: ${refused.text}`);
    t.notRegex(refused.stderr, /no ecosystem file here/);
    isClean(t, refused);
  }
});

test('filters hold for what is discovered as well', async (t) => {
  const [port, other] = [await freePort(), await freePort()];
  const { mpm, listening } = project(t, [webAt(port)]);
  const { pid } = await listening(server, `--port=${other}`);
  const found = async (...words: readonly string[]): Promise<boolean> =>
    (await mpm('status', '--discover', '--json', ...words)).json.undeclared.some((row) => row.pid === pid);
  t.true(await found());
  t.true(await found('--style', 'http-managed'));
  t.false(await found('--style', 'supervised'));
  t.false(await found('--only', 'web'));
});

test('status, health and diagnose agree on a holder that accepts and does not answer', async (t) => {
  const port = await freePort();
  const { mpm, shell, run } = project(t, [webAt(port, { style: 'supervised' })]);
  const silent = run(process.execPath, '-e', `require('net').createServer().listen(${port}, '127.0.0.1')`);
  await eventually(() => accepts(port), 'it listens');
  for (const words of [['status'], ['diagnose'], ['health']]) {
    const told = await mpm(...words, '--port', String(port), '--json');
    t.is(told.code, 3, told.text);
    t.regex(told.stdout, /unresponsive/, words.join());
  }
  const remedy = findingOf((await mpm('diagnose', 'web', '--json')).json, 'unresponsive').remedies[0].shell;
  t.is((await shell(remedy)).code, 0);
  t.false(isAlive(silent.pid));
});
