import { readFileSync, rmSync } from 'node:fs';
import ava from 'ava';
import {
  eventually,
  findingOf,
  freePort,
  isAlive,
  isClean,
  isGone,
  processesOf,
  project,
  server,
  type Project,
} from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

/** PIDs of the server's program itself, without its helpers. */
const serversOf = (home: string): readonly number[] =>
  processesOf(home).filter((pid) => {
    const argv = commandLine(pid);
    return argv[1] === server && argv[0] !== '/bin/sh';
  });

const commandLine = (pid: number): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // gone meanwhile
  }
};

const web = (port: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'web',
  style: 'http-managed',
  script: server,
  port,
  stop: { timeout: '2s' },
  ...more,
});

/** A moment that is another one each time, and the same in every run: the fractional parts of n times the golden ratio. */
const moment = (round: number, longest: number): number => Math.round(((round * 0.618_034) % 1) * longest);

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const killAfter = async (p: Project, ms: number, ...words: readonly string[]): Promise<void> => {
  const command = p.mpmStarted(...words);
  await Promise.race([after(ms), command.ended()]);
  command.child.kill('SIGKILL');
  await command.ended();
};

test('a restart that is killed between its stop and its start: wanted up, told so, and started again', async (t) => {
  const port = await freePort();
  const p = project(t, [web(port, { waitFor: [{ exec: ['test', '-e', 'go'] }], ready: { timeout: '40s' } })]);
  p.file('go', '');
  t.is((await p.mpm('start', 'web')).code, 0);
  const before = await p.server('web');
  rmSync(`${p.folder}/go`);
  const restart = p.mpmStarted('restart', 'web');
  await isGone(before.pid, 'the server');
  // It is stopped, and the start waits for what is not there.
  await eventually(() => restart.output().includes('waiting'), restart.output());
  restart.child.kill('SIGKILL');
  await restart.ended();
  t.deepEqual(serversOf(p.home), []);

  const status = await p.mpm('status', '--json');
  t.is(status.code, 3, status.text);
  t.like(status.json.servers[0], { pid: null, desired: 'up' });
  t.not(status.json.servers[0].state, 'online');
  const told = await p.mpm('status');
  t.is(told.code, 3);
  isClean(t, told);
  const diagnosis = await p.mpm('diagnose', 'web', '--json');
  t.is(diagnosis.code, 3);
  p.file('go', '');
  for (const { shell } of findingOf(diagnosis.json, 'failed').remedies) {
    const done = await p.shell(shell);
    t.is(done.code, 0, `${shell}: ${done.text}`);
  }
  t.like(await p.server('web'), { state: 'online', port, id: before.id });
  t.is(serversOf(p.home).length, 1);
  t.is((await p.mpm('start', 'web')).code, 0);
  t.is(serversOf(p.home).length, 1, 'no twin');
});

test('a start that is killed at any moment leaves no twin and loses no server', async (t) => {
  const port = await freePort(2);
  const p = project(t, [web(port, { instances: 2 })]);
  for (let round = 0; round < 10; round += 1) {
    await killAfter(p, moment(round, 600), 'start', 'all');
    const what = `round ${round}, ${moment(round, 600)} ms`;
    const status = await p.mpm('status', '--json');
    t.true([0, 3].includes(status.code ?? -1), `${what}: ${status.text}`);
    // What runs is shown, whatever the killed start had written by then.
    const shown = status.json.servers.map(({ pid }) => pid as number | null).filter((pid) => pid !== null);
    t.deepEqual(
      serversOf(p.home).filter((pid) => !shown.includes(pid)),
      [],
      `${what}: ${status.stdout}`,
    );
    const started = await p.mpm('start', 'all');
    t.is(started.code, 0, `${what}: ${started.text}`);
    const rows = await p.status();
    t.deepEqual(
      rows.map(({ state, port: at }) => [state, at]),
      [
        ['online', port],
        ['online', port + 1],
      ],
      what,
    );
    t.deepEqual(serversOf(p.home).toSorted(), rows.map(({ pid }) => pid).toSorted(), `${what}: no twin`);
    t.is((await p.mpm('stop', 'all')).code, 0, what);
    t.deepEqual(processesOf(p.home), [], what);
    if (round % 2 === 0) t.is((await p.mpm('delete', 'all')).code, 0, `${what}: the next one has no record`);
  }
});

test('a restart and a stop that are killed at any moment leave what start and stop can deal with', async (t) => {
  const port = await freePort();
  const p = project(t, [web(port)]);
  for (let round = 0; round < 6; round += 1) {
    t.is((await p.mpm('start', 'web')).code, 0);
    const verb = round % 3 === 2 ? 'stop' : 'restart';
    const ms = moment(round, 700);
    await killAfter(p, ms, verb, 'web');
    const what = `round ${round}, ${verb} killed after ${ms} ms`;
    const status = await p.mpm('status', '--json');
    const row = status.json.servers[0];
    t.is(status.code, row.desired === 'up' && row.state !== 'online' ? 3 : 0, `${what}: ${status.stdout}`);
    if (verb === 'restart') t.is(row.desired, 'up', what);
    if (row.state === 'online') t.true(isAlive(row.pid), what);
    const started = await p.mpm('start', 'web');
    if (started.code !== 0) {
      // The killed stop had asked for its end, which has not come yet.
      t.regex(started.text, /wanted down and still alive|stopping/, what);
      t.is((await p.mpm('stop', 'web')).code, 0, what);
      t.is((await p.mpm('start', 'web')).code, 0, what);
    }
    t.is(serversOf(p.home).length, 1, what);
    t.like(await p.server('web'), { state: 'online', port }, what);
  }
});

test('a restart that is interrupted while its start waits: down, wanted up, told so, and started again', async (t) => {
  const port = await freePort();
  const p = project(t, [web(port, { ready: { exec: ['test', '-e', 'go'], timeout: '40s' } })]);
  p.file('go', '');
  t.is((await p.mpm('start', 'web')).code, 0);
  rmSync(`${p.folder}/go`);
  const restart = p.mpmStarted('restart', 'web');
  await eventually(() => restart.output().includes('waiting until ready'), restart.output());
  restart.child.kill('SIGINT');
  t.is(await restart.ended(), 130, restart.output());
  t.deepEqual(serversOf(p.home), []);
  const status = await p.mpm('status', '--json');
  t.is(status.code, 3, status.text);
  t.like(status.json.servers[0], { state: 'failed', desired: 'up' });
  p.file('go', '');
  t.is((await p.mpm('start', 'web')).code, 0);
});
