/** What is said: progress, warnings and hints, where people read them. */
import ava from 'ava';
import { freePort, isClean, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

test('more servers than a signal has listeners by default: no warning of Node', async (t) => {
  const servers = Array.from({ length: 12 }, (_value, index) => ({
    name: `w${index}`,
    command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
    stop: { timeout: '2s' },
  }));
  const { mpm } = project(t, servers);
  const started = await mpm('start', 'all');
  t.is(started.code, 0, started.text);
  t.notRegex(started.text, /MaxListeners|Warning/);
  const stopped = await mpm('stop', 'all');
  t.is(stopped.code, 0, stopped.text);
  t.notRegex(stopped.text, /MaxListeners|Warning/);
});

test('a start tells at once that it starts, and then what it waits for', async (t) => {
  const port = await freePort();
  const { mpm } = project(t, [{ name: 'web', script: server, port, ready: { http: '/health' } }]);
  const started = await mpm('start', 'web');
  t.is(started.code, 0, started.text);
  t.regex(started.stderr, /^web: starting\nweb: waiting until ready \(.*\/health.*\)\n/);
  isClean(t, started);
});

const web = (port: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'web',
  script: server,
  port,
  stop: { timeout: '2s' },
  ...more,
});

test('a broken file keeps nobody from what it has started: the records know it too, and the hint says so', async (t) => {
  const port = await freePort();
  const { mpm, shell, file, folder } = project(t, [web(port)]);
  t.is((await mpm('start', 'web')).code, 0);
  file('ecosystem.json', { servers: [web(port, { prot: 1, dependsOn: 7 })] });
  for (const [verb, more] of [
    ['status', 0],
    ['diagnose', null],
    ['info', null],
    ['logs', 0],
    ['health', 0],
  ] as const) {
    const refused = await mpm(verb, 'web');
    t.is(refused.code, 2, refused.text);
    const [hint = ''] = /mpm-io \w+ web --recorded/.exec(refused.stderr) ?? [];
    t.is(hint, `mpm-io ${verb} web --recorded`, refused.text);
    const done = await shell(hint);
    if (more !== null) t.is(done.code, more, done.text);
    t.not(done.code, 2, done.text);
    isClean(t, done);
  }
  t.regex((await mpm('status', '--recorded')).stdout, /web .*online/);
  const started = await mpm('start', 'web');
  t.notRegex(started.text, /--recorded/, 'a start needs the file');
  const stopped = await shell((await mpm('stop', 'web')).stderr.match(/mpm-io stop .*/)?.[0] ?? 'false');
  t.is(stopped.code, 0, stopped.text);
  t.regex(stopped.stderr, /web: stopped/);
  const named = await mpm('delete', `${folder}/ecosystem.json`);
  const gone = await shell(named.stderr.match(/mpm-io .*--recorded/)?.[0] ?? 'false');
  t.is(gone.code, 0, gone.text);
  t.regex(gone.stderr, /web: forgotten/);
});

test('a name that only another file knows is found, and not changed unasked', async (t) => {
  const port = await freePort();
  const { mpm, mpmWith, file, server: statusOf, folder } = project(t, [web(port, { name: 'only1' })]);
  t.is((await mpm('start', 'only1')).code, 0);
  file('p2/ecosystem.json', { servers: [web(port + 1, { name: 'two' })] });
  const cwd = `${folder}/p2`;
  const refused = await mpmWith({ cwd }, 'stop', 'only1');
  t.is(refused.code, 2, refused.text);
  t.regex(
    refused.stderr,
    /Nothing was done: only1 is not of the file here, but of .*project\/ecosystem\.json/,
  );
  t.regex(refused.stderr, /--yes/);
  t.is((await statusOf('only1')).state, 'online');
  t.is((await mpmWith({ cwd }, 'status', 'only1')).code, 0, 'looking is free');
  const unknown = await mpmWith({ cwd }, 'status', 'onyl');
  t.regex(unknown.stderr, /Known: two, only1\./);
  t.is((await mpmWith({ cwd }, 'stop', 'only1', '--yes')).code, 0);
  t.is((await statusOf('only1')).state, 'stopped');
});

test('a filter that nothing has is a mistake, with what was probably meant', async (t) => {
  const { mpm } = project(t, [web(await freePort(), { namespace: 'shop' })]);
  for (const [words, said] of [
    [['status', '--style', 'http-manged'], /--style http-manged: .*did you mean "http-managed"\?/],
    [['stop', 'all', '--style', 'nope'], /--style nope: no server here has this style\.\n.*Known: /],
    [['status', '--namespace', 'shpo'], /--namespace shpo: .*did you mean "shop"\?/],
    [['status', '--only', 'nope'], /There is no server nope\./],
    [['start', 'all', '--only', 'wbe'], /There is no server wbe\./],
  ] as const) {
    const refused = await mpm(...words);
    t.is(refused.code, 2, refused.text);
    t.regex(refused.stderr, said);
  }
  t.is(
    (await mpm('status', '--style', 'daemon-managed')).code,
    0,
    'a style that exists and has no server here',
  );
  t.is((await mpm('status', '--namespace', 'shop')).code, 0);
});
