import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import ava from 'ava';
import { accepts, freePort, isAlive, isClean, processesOf, project, root, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const web = (port: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'web',
  style: 'http-managed',
  script: server,
  port,
  stop: { timeout: '2s' },
  ...more,
});

test("two projects that both name a server web never touch each other's", async (t) => {
  const [portA, portB] = [await freePort(), await freePort()];
  const a = project(t, [web(portA)]);
  const b = project(t, [web(portB)]);
  const inB = (...words: string[]) => b.mpmWith({ env: { MPM_IO_HOME: a.home } }, ...words);
  t.is((await a.mpm('start', 'web')).code, 0);
  const { pid } = await a.server('web');
  const seen = await inB('status', '--json');
  t.like(seen.json.servers[0], { name: 'web', state: 'stopped', pid: null, port: portB, id: null });
  for (const words of [
    ['stop', 'web'],
    ['stop', 'all'],
    ['restart', 'web'],
    ['delete', 'web'],
    ['stop', 'web', '--force'],
  ]) {
    const done = await inB(...words);
    isClean(t, done, words.join(' '));
    t.true(isAlive(pid), words.join(' '));
  }
  const started = await inB('start', 'web');
  t.is(started.code, 1, started.text);
  t.true(started.stderr.includes(join(a.folder, 'ecosystem.json')), started.stderr);
  t.like(await a.server('web'), { pid, state: 'online' });
  t.false(await accepts(portB));
});

test('what another file recorded is found by name, told by status, and all of several files asks', async (t) => {
  const [portA, portB] = [await freePort(), await freePort()];
  const { mpm, mpmWith, file, home, folder } = project(t, null);
  file('a/ecosystem.json', { servers: [web(portA, { name: 'one' })] });
  file('b/ecosystem.json', { servers: [web(portB, { name: 'two' })] });
  t.is((await mpm('start', 'a/ecosystem.json')).code, 0);
  t.is((await mpm('start', 'b/ecosystem.json')).code, 0);
  const inA = (...words: string[]) => mpmWith({ cwd: join(folder, 'a') }, ...words);
  const status = await inA('status');
  t.regex(status.stderr, /1 more .*--everywhere/);
  t.is((await inA('status', '--everywhere', '--json')).json.servers.length, 2);
  t.is((await inA('restart', 'two', '--yes')).code, 0);
  const asked = await mpm('stop', 'all');
  t.is(asked.code, 2, asked.text);
  t.regex(asked.stderr, /--yes/);
  t.is((await mpm('status', '--json')).json.servers.filter(({ pid }) => pid !== null).length, 2);
  t.is((await mpm('stop', 'all', '--yes')).code, 0);
  t.deepEqual(processesOf(home), []);
  const deleted = await mpm('delete', 'all', '--yes', '--logs');
  t.is(deleted.code, 0, deleted.text);
  t.is([...deleted.stderr.matchAll(/forgotten/g)].length, 2, deleted.stderr);
  t.is((await mpm('status', '--json')).json.servers.length, 0);
  t.false(existsSync(join(home, 'logs/default/one.out.log')));
});

test('recorded instances keep their names where no file is found', async (t) => {
  const port = await freePort(3);
  const { mpm, mpmWith, folder, file, home } = project(t, null);
  file('x.json', { servers: [web(port, { instances: 2 })] });
  t.is((await mpm('start', 'x.json')).code, 0);
  const status = await mpmWith({ cwd: folder }, 'status');
  t.true(status.stdout.includes('web:0') && status.stdout.includes('web:1'), status.stdout);
  const stopped = await mpm('stop', 'all');
  t.is(stopped.code, 0);
  t.deepEqual(processesOf(home), []);
  t.is((await mpm('delete', 'all')).code, 0);
  t.is((await mpm('status', '--json')).json.servers.length, 0);
});

test('a plugin by path: listed, its server told of, and a broken one is one clear error', async (t) => {
  const port = await freePort();
  const { mpm, file, folder } = project(t);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/mpm-io'));
  file(
    'style.mjs',
    `import { definePlugin } from 'mpm-io/plugin';
    export default definePlugin({
      name: 'odd', apiVersion: 1, instances: 'one',
      create: () => ({
        detect: async (all) => new Map(all.map(({ key }) => [key, { seen: 'absent', evidence: [{ source: 'odd', text: 'nothing there' }] }])),
        start: async () => { throw new Error('it cannot'); },
        stop: async () => { throw new Error('it cannot'); },
        info: async () => [],
      }),
    });`,
  );
  file('ecosystem.json', {
    plugins: ['./style.mjs'],
    servers: [web(port), { name: 'strange', style: 'odd' }],
  });
  const plugins = await mpm('plugins', 'list', '--json');
  t.is(plugins.code, 0, plugins.text);
  t.deepEqual(plugins.json.styles.map(({ name }) => name).toSorted(), [
    'daemon-managed',
    'http-managed',
    'odd',
    'supervised',
  ]);
  isClean(t, await mpm('plugins'));
  const status = await mpm('status', '--json');
  t.deepEqual(
    status.json.servers.map(({ style, state }) => [style, state]),
    [
      ['http-managed', 'stopped'],
      ['odd', 'stopped'],
    ],
  );
  const failed = await mpm('start', 'strange');
  t.is(failed.code, 2, failed.text);
  file('style.mjs', 'throw new Error("broken on purpose");');
  const broken = await mpm('status');
  t.is(broken.code, 2, broken.text);
  t.true(broken.stderr.includes('style.mjs') && broken.stderr.includes('broken on purpose'), broken.stderr);
  isClean(t, broken);
  const missing = file('ecosystem.json', { plugins: ['mpm-io-plugin-nothing'], servers: [] });
  const gone = await mpm('status', '--json');
  t.is(gone.code, 2);
  t.true(gone.json.error.message.includes('mpm-io-plugin-nothing'), missing);
});
