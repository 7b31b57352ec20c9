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
