import test from 'ava';
import { freePort, project, type Project } from './rig.js';

/** Listens only when it was told to, by a file. */
const waiting = `
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
const go = setInterval(() => {
  if (!existsSync('go')) return;
  clearInterval(go);
  createServer((_request, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');
}, 20);
`;

const held = async (t: Parameters<typeof project>[0], names: readonly string[]): Promise<Project> => {
  const servers = await Promise.all(
    names.map(async (name) => ({
      name,
      script: 'waiting.mjs',
      port: await freePort(),
      ready: { timeout: '40s' },
    })),
  );
  return project(t, servers, { 'waiting.mjs': waiting });
};

const pidOf = async (p: Project, name: string): Promise<number> => {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
    const { pid } = await p.server(name);
    if (pid !== null) return pid;
  }
  throw new Error(`${name} was not started in time`);
};

test('two starts at once give one server, and both tell success only when it is ready', async (t) => {
  const p = await held(t, ['web']);
  const starts = [p.mpmStarted('start', 'web'), p.mpmStarted('start', 'web')];
  const ended: number[] = [];
  const codes = starts.map(async (start, index) => {
    const code = await start.ended();
    ended.push(index);
    return code;
  });
  const pid = await pidOf(p, 'web');
  // By the time of two more whole commands a start that did not wait would have ended.
  await p.server('web');
  await p.server('web');
  t.deepEqual(ended, [], starts.map(({ output }) => output()).join('\n'));
  p.file('go', '');
  t.deepEqual(await Promise.all(codes), [0, 0]);
  t.like(await p.server('web'), { pid, state: 'online' });
});

test('a stop while a start waits ends the server and the waiting', async (t) => {
  const p = await held(t, ['web']);
  const start = p.mpmStarted('start', 'web');
  await pidOf(p, 'web');
  t.is((await p.mpm('stop', 'web')).code, 0);
  t.is(await start.ended(), 1, start.output());
  t.like(await p.server('web'), { pid: null, state: 'stopped' });
});

test('Ctrl-C in the middle of a start leaves nothing half started', async (t) => {
  const p = await held(t, ['one', 'two']);
  const start = p.mpmStarted('start', 'all');
  await Promise.all(['one', 'two'].map((name) => pidOf(p, name)));
  start.child.kill('SIGINT');
  t.is(await start.ended(), 130, start.output());
  for (const name of ['one', 'two']) t.like(await p.server(name), { pid: null, state: 'stopped' });
});

test('a start that was killed leaves its servers to the next one: no twin', async (t) => {
  const p = await held(t, ['one', 'two']);
  const start = p.mpmStarted('start', 'all');
  const pids = [await pidOf(p, 'one'), await pidOf(p, 'two')];
  start.child.kill('SIGKILL');
  await start.ended();
  p.file('go', '');
  t.is((await p.mpm('start', 'all')).code, 0);
  t.deepEqual([(await p.server('one')).pid, (await p.server('two')).pid], pids);
});
