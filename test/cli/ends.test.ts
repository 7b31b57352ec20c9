import { existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import ava from 'ava';
import { eventually, isGone, project, server, freePort } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

test('a config that ends the process is no success', async (t) => {
  const { mpm, file } = project(t, []);
  const config = file('bad.config.cjs', 'process.exit(0);\n');
  for (const words of [
    ['start', 'all'],
    ['config', 'check'],
    ['status', '--json'],
  ]) {
    const { code, stderr } = await mpm(...words, '--config', config);
    t.is(code, 1, words.join(' '));
    t.regex(stderr, /ended before it was done/);
  }
});

test('a promise of a config that nobody waits for and that fails is told, and is no success', async (t) => {
  const { mpm, file } = project(t, []);
  const config = file(
    'stray.config.cjs',
    'Promise.reject(new Error("stray"));\nmodule.exports = { servers: [{ name: "web" }] };\n',
  );
  const { code, stderr } = await mpm('config', 'check', '--config', config);
  t.regex(stderr, /left running has failed: stray/);
  t.is(code, 1);
});

test('what a config prints does not stand in the JSON, and what it throws later is told', async (t) => {
  const { mpm, file } = project(t, []);
  const config = file(
    'loud.config.cjs',
    'console.log("noise");\nsetTimeout(() => { throw new Error("boom"); }, 1);\nmodule.exports = { servers: [] };\n',
  );
  const { json, stderr } = await mpm('status', '--json', '--config', config);
  t.deepEqual([...json.servers], []);
  t.regex(stderr, /noise/);
});

test('a reader that takes its time gets the whole document', async (t) => {
  const { shell, file } = project(t, []);
  const servers = Array.from({ length: 200 }, (_, i) => ({
    name: `s${i}`,
    command: ['sleep', '1'],
    port: 20_000 + i,
  }));
  file('many.json', { servers });
  const script = 'import json,sys; print(len(json.load(sys.stdin)["servers"]))';
  const { stdout } = await shell(`mpm-io status --json -c many.json | (sleep 3; python3 -c '${script}')`);
  t.is(stdout.trim(), '200');
});

test('a terminal that is closed during a start leaves nothing half started', async (t) => {
  const port = await freePort();
  const { mpmStarted, mpm, status } = project(t, [
    { name: 'web', script: server, port, ready: { exec: 'false', timeout: '60s' } },
  ]);
  const starting = mpmStarted('start', 'web');
  await eventually(async () => (await status('--json')).some(({ pid }) => pid !== null), 'the process');
  const [row] = await status();
  starting.child.kill('SIGHUP');
  await starting.ended();
  await isGone(row?.pid ?? 0);
  t.is((await mpm('status')).code, 0);
});

test('a folder that was removed is told', async (t) => {
  const { folder, shell } = project(t, []);
  mkdirSync(join(folder, 'gone'));
  const { code, stderr } = await shell(`cd gone && rmdir '${join(folder, 'gone')}' && mpm-io status`);
  t.is(code, 2);
  t.regex(stderr, /does not exist any more/);
  t.throws(() => rmdirSync(join(folder, 'gone')));
});

test('an interrupt ends a wait, and a start that only waits, and both say so', async (t) => {
  const port = await freePort();
  const { mpm, mpmStarted, file, folder, server: statusOf } = project(t, null);
  const asked = join(folder, 'asked');
  file('ecosystem.json', {
    servers: [
      { name: 'web', script: server, port, ready: { exec: `touch ${asked}; false`, timeout: '60s' } },
    ],
  });
  t.is((await mpm('start', 'web', '--no-wait')).code, 0);
  const { pid } = await statusOf('web');
  for (const words of [
    ['wait', 'web'],
    ['start', 'web'],
  ]) {
    rmSync(asked, { force: true });
    const waiting = mpmStarted(...words);
    await eventually(() => existsSync(asked), 'the probe is asked');
    waiting.child.kill('SIGINT');
    t.is(await waiting.ended(), 130, waiting.output());
    t.regex(waiting.output(), /interrupted/);
    t.notRegex(waiting.output(), /after 1m|did not become ready|unknown/);
  }
  t.is((await statusOf('web')).pid, pid, 'what an interrupted start did not start goes on');
});

test('the document of an interrupted start tells what became of the server', async (t) => {
  const port = await freePort();
  const { mpmStarted, status } = project(t, [
    { name: 'web', script: server, port, ready: { exec: 'false', timeout: '60s' } },
  ]);
  const starting = mpmStarted('start', 'web', '--json');
  await eventually(async () => (await status()).some(({ pid }) => pid !== null), 'the process');
  starting.child.kill('SIGINT');
  t.is(await starting.ended(), 130);
  t.regex(starting.output(), /"state": "stopped"/);
  t.notRegex(starting.output(), /called off/);
});
