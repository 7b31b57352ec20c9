import ava from 'ava';
import { findingOf, freePort, isAlive, isClean, processesOf, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const web = (port: number, args: readonly string[], ready: unknown): Record<string, unknown> => ({
  name: 'web',
  style: 'http-managed',
  script: server,
  args,
  port,
  ready,
  stop: { timeout: '1s' },
});

for (const ready of [{ timeout: '1200ms' }, { http: '/health', timeout: '1200ms' }])
  test(`a health answer that is none fails the start, with what was seen (ready: ${Object.keys(ready).join(', ')})`, async (t) => {
    for (const [kind, words] of [
      ['hangs', /no answer came within \d+ ms/],
      ['drips', /no answer came within \d+ ms/],
      ['redirects', /answered 302/],
      ['huge', /too-large/],
      ['html', /answer is not JSON/],
      ['list', /says no status/],
      ['none', /answered 404/],
    ] as const) {
      const { mpm, shell, home } = project(t, [web(await freePort(), [`--health=${kind}`], ready)]);
      const told = await mpm('start', 'web');
      t.is(told.code, 1, `${kind}: ${told.text}`);
      t.regex(told.stderr, words, kind);
      t.is(told.stdout, '', kind);
      isClean(t, told, kind);
      t.deepEqual(processesOf(home), [], kind);
      const diagnosis = await mpm('diagnose', 'web', '--json');
      t.is(diagnosis.code, 3, kind);
      const [lastWords] = findingOf(diagnosis.json, 'failed').remedies;
      const logs = await shell(lastWords.shell);
      t.is(logs.code, 0, logs.text);
      t.regex(logs.stdout, /"listening":true/, kind);
    }
  });

test('a question that is still open does not hide what the server has answered last', async (t) => {
  const once = `import { createServer } from 'node:http';
let asked = 0;
createServer((_request, response) => {
  asked += 1;
  if (asked === 1) response.writeHead(418).end('no');
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
  const ready = { http: '/health', interval: '3s', timeout: '1900ms' };
  const declared = { ...web(await freePort(), [], ready), style: 'supervised', script: 'once.mjs' };
  const told = await project(t, [declared], { 'once.mjs': once }).mpm('start', 'web');
  t.is(told.code, 1, told.text);
  t.regex(told.stderr, /answered 418/);
});

test('ready by an answer from elsewhere is told where nobody listens on the declared port', async (t) => {
  const [port, other] = [await freePort(), await freePort()];
  const { mpm, listening } = project(t, [
    { name: 'web', command: ['sleep', '1000'], port, ready: { http: `http://127.0.0.1:${other}/health` } },
  ]);
  await listening(server, `--port=${other}`);
  const started = await mpm('start', 'web', '--json');
  t.is(started.code, 0, started.text);
  t.true(started.text.includes(`port ${port} is declared and nobody listens there`), started.text);
});

test('a PID that a health answer makes up is told, and neither shown nor signalled', async (t) => {
  const bystander = project(t).run('sleep', '600');
  const commands = [
    ['text', ['--health=text-pid']],
    ['negative', ['--health=negative-pid']],
    ['init', ['--health=pid-one']],
    ['a stranger', [`--pid=${bystander.pid}`]],
    ['this program', [`--pid=${process.pid}`]],
  ] as const;
  for (const [what, args] of commands) {
    const { mpm, home, server: statusOf } = project(t, [web(await freePort(), args, { timeout: '10s' })]);
    const started = await mpm('start', 'web');
    t.is(started.code, 0, `${what}: ${started.text}`);
    const row = await statusOf('web');
    t.true(processesOf(home).includes(row.pid), what);
    findingOf((await mpm('diagnose', 'web', '--json')).json, 'pid-disagrees');
    for (const command of ['restart', 'stop']) {
      const done = await mpm(command, 'web');
      t.is(done.code, 0, `${what}: ${done.text}`);
      isClean(t, done, what);
    }
    t.deepEqual(processesOf(home), [], what);
    t.true(isAlive(bystander.pid), what);
  }
});
