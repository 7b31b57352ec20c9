/** What was started without waiting is told as it is, and comes to online and ready by a look, a wait or a start. */
import { join } from 'node:path';
import ava from 'ava';
import { eventually, findingOf, freePort, isClean, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const sleeper = ['sleep', '1000'];
/** Says that it is ready when a file is there. */
const talker = (flag: string): readonly string[] => [
  '/bin/sh',
  '-c',
  `while [ ! -e ${flag} ]; do sleep 0.05; done; echo now ready; exec sleep 1000`,
];

test('a probe that is a program is asked by wait, from the server’s own environment, and its pass is kept', async (t) => {
  const {
    mpm,
    file,
    folder,
    server: statusOf,
  } = project(t, [
    {
      name: 'ex',
      command: sleeper,
      env: { FLAG: './flag' },
      ready: { exec: 'test -e "$FLAG" && test "$MPM_IO_NAME" = ex', interval: '50ms', timeout: '60s' },
    },
  ]);
  t.is((await mpm('start', 'ex', '--no-wait')).code, 0);
  t.like(await statusOf('ex'), { state: 'starting', ready: false });
  t.regex((await statusOf('ex')).reason, /nobody has asked its ready probe/);
  t.is((await mpm('wait', 'ex', '--timeout', '300ms')).code, 1);
  file('flag', '');
  const waited = await mpm('wait', 'ex', '--timeout', '20s');
  t.is(waited.code, 0, `${waited.text} ${folder}`);
  t.like(await statusOf('ex'), { state: 'online', ready: true });
  t.is((await mpm('status')).code, 0);
});

test('when its time is over it is unknown, never starting for ever, and the remedy that is printed settles it', async (t) => {
  const {
    mpm,
    shell,
    server: statusOf,
  } = project(t, [{ name: 'ex', command: sleeper, ready: { exec: 'true', timeout: '200ms' } }]);
  t.is((await mpm('start', 'ex', '--no-wait')).code, 0);
  await eventually(async () => (await statusOf('ex')).state === 'unknown', 'its time is over');
  t.is((await statusOf('ex')).ready, null);
  const shown = await mpm('status');
  t.is(shown.code, 3, shown.text);
  isClean(t, shown);
  const found = findingOf((await mpm('diagnose', '--json')).json, 'not-asked');
  t.is(found.severity, 'warning');
  const settled = await shell(found.remedies[0].shell);
  t.is(settled.code, 0, settled.text);
  t.like(await statusOf('ex'), { state: 'online', ready: true });
});

test('a start of what was started without waiting waits for it', async (t) => {
  const { mpm, server: statusOf } = project(t, [
    { name: 'ex', command: sleeper, ready: { exec: 'true' } },
    { name: 'no', command: sleeper, ready: { exec: 'false', timeout: '400ms' } },
    { name: 'behind', command: sleeper, dependsOn: ['no'] },
  ]);
  t.is((await mpm('start', 'ex', 'no', '--no-wait')).code, 0);
  t.is((await mpm('start', 'ex')).code, 0);
  t.like(await statusOf('ex'), { state: 'online', ready: true });
  t.is((await mpm('start', 'no')).code, 1);
  await eventually(async () => (await statusOf('no')).state === 'unknown', 'its time is over');
  t.is((await mpm('start', 'behind')).code, 1);
});

test('log, delay, http and tcp come to online and ready, by a look and by a wait', async (t) => {
  const [web, late] = [await freePort(), await freePort()];
  const { mpm, file, status, folder } = project(t, null);
  const flag = join(folder, 'flag');
  file('ecosystem.json', {
    servers: [
      { name: 'log', command: talker(flag), ready: { log: 'now ready' } },
      { name: 'delay', command: sleeper, ready: { delay: '700ms' } },
      { name: 'http', script: server, args: ['--listen-after=500'], port: web, ready: { http: '/health' } },
      { name: 'tcp', script: server, args: ['--listen-after=500'], port: late, ready: { tcp: late } },
    ],
  });
  t.is((await mpm('start', 'all', '--no-wait')).code, 0);
  t.like((await status()).find(({ name }) => name === 'log') ?? null, { state: 'starting', ready: false });
  const others = ['delay', 'http', 'tcp'];
  await eventually(
    async () => (await status(...others)).every(({ state, ready }) => state === 'online' && ready === true),
    'the look finds them ready',
  );
  t.is((await mpm('wait', 'log', '--timeout', '300ms')).code, 1);
  file('flag', '');
  t.is((await mpm('wait', 'all', '--timeout', '20s')).code, 0);
  t.true((await status()).every(({ state, ready }) => state === 'online' && ready === true));
  t.is((await mpm('status')).code, 0);
});

test('a health answer is not the answer of the ready probe', async (t) => {
  const port = await freePort();
  for (const style of ['supervised', 'http-managed']) {
    const { mpm, server: statusOf } = project(t, [
      {
        name: 'web',
        style,
        script: server,
        port,
        ready: { http: '/not-there' },
        health: { http: '/health' },
        stop: { timeout: '2s' },
      },
    ]);
    t.is((await mpm('start', 'web', '--no-wait')).code, 0);
    t.is((await mpm('wait', 'web', '--timeout', '1s')).code, 1, style);
    t.like(await statusOf('web'), { state: 'starting', ready: false }, style);
    t.is((await mpm('stop', 'web')).code, 0);
  }
});
