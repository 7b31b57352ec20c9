/** A server whose port somebody else holds: what answers there is not it, whoever asks. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ava from 'ava';
import { freePort, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const sleeper = ['sleep', '1000'];
const health = { http: '/health' };

test('status, health and wait do not take the answer of whoever holds the port for a daemon’s', async (t) => {
  const port = await freePort();
  const { mpm, folder, file, run, listening, server: statusOf } = project(t, []);
  const stranger = await listening(server, `--port=${port}`);
  const daemon = run('sleep', '1000');
  const declare = (more: object): string =>
    file('ecosystem.json', {
      servers: [
        { name: 'dd', style: 'daemon-managed', command: sleeper, pidFile: './dd.pid', port, health, ...more },
      ],
    });
  declare({});
  writeFileSync(join(folder, 'dd.pid'), `${daemon.pid}\n`);
  const row = await statusOf('dd');
  t.like(row, { pid: daemon.pid, ready: false });
  const words = new RegExp(
    `port ${port} is held by ${stranger.pid} .*server\\.mjs.*, which is not this server`,
  );
  t.regex(row.reason, words);
  const asked = await mpm('health', 'dd');
  t.is(asked.code, 3, asked.text);
  t.regex(asked.text, words);
  t.is((await mpm('wait', 'dd', '--timeout', '300ms')).code, 1);
  declare({ ready: { anyOwner: true } });
  t.like(await statusOf('dd'), { state: 'online', ready: true });
  t.is((await mpm('health', 'dd')).code, 0);
  t.is((await mpm('wait', 'dd', '--timeout', '5s')).code, 0);
});

for (const style of ['supervised', 'http-managed'])
  for (const probe of [health, { tcp: true }])
    test(`${style}: what its start found ready is not well by a stranger’s answer (${Object.keys(probe).join('')})`, async (t) => {
      const port = await freePort();
      const {
        mpm,
        listening,
        server: statusOf,
      } = project(t, [{ name: 'dd', style, command: sleeper, port, ready: { delay: '1s' }, health: probe }]);
      t.is((await mpm('start', 'dd', '--no-wait')).code, 0);
      await listening(server, `--port=${port}`);
      t.is((await mpm('health', 'dd')).code, 3);
      t.is((await mpm('wait', 'dd', '--timeout', '1500ms')).code, 1);
      const row = await statusOf('dd');
      t.is(row.ready, false);
      t.regex(row.reason, /which is not this server/);
      const asked = await mpm('health', 'dd');
      t.is(asked.code, 3, asked.text);
      t.regex(asked.text, /which is not this server/);
    });

test('a server that answers in its own name is well before it is ready', async (t) => {
  const port = await freePort();
  const { mpm, server: statusOf } = project(t, [
    { name: 'web', script: server, port, ready: { log: 'never' }, health },
  ]);
  t.is((await mpm('start', 'web', '--no-wait')).code, 0);
  for (let tries = 0; tries < 100 && (await mpm('health', 'web')).code !== 0; tries += 1);
  t.is((await mpm('health', 'web')).code, 0);
  t.like(await statusOf('web'), { state: 'starting', ready: false });
  t.is((await mpm('wait', 'web', '--timeout', '300ms')).code, 1);
});
