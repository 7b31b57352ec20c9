import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ava from 'ava';
import { freePort, isAlive, isClean, processesOf, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const program = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name,
  script: server,
  stop: { timeout: '1s' },
  ...more,
});

test('health that hangs, drips, redirects, is huge, is HTML or a list, or has an impossible pid', async (t) => {
  const kinds = [
    'hangs',
    'drips',
    'redirects',
    'huge',
    'html',
    'list',
    'none',
    'text-pid',
    'negative-pid',
    'pid-one',
  ];
  const port = await freePort(kinds.length + 2);
  const own = process.pid;
  const servers = [
    ...kinds.map((kind, index) => ({ name: kind, style: 'http-managed', port: port + index })),
    { name: 'my-pid', style: 'http-managed', port: port + kinds.length },
    { name: 'stranger', style: 'http-managed', port: port + kinds.length + 1 },
  ];
  const { mpm, listening, run } = project(t, servers);
  const bystander = run('sleep', '600');
  const pids = new Map<string, number>();
  for (const [index, { name }] of servers.entries()) {
    const claim =
      name === 'my-pid'
        ? [`--pid=${own}`]
        : name === 'stranger'
          ? [`--pid=${bystander.pid}`]
          : [`--health=${name}`];
    pids.set(name, (await listening(server, `--port=${port + index}`, ...claim)).pid);
  }
  const began = Date.now();
  const status = await mpm('status', '--json');
  t.true(Date.now() - began < 8000);
  t.is(status.code, 3, status.text);
  const rows = new Map(status.json.servers.map((row) => [row.name, row] as const));
  for (const name of ['hangs', 'drips']) t.is(rows.get(name)?.state, 'unresponsive', name);
  for (const name of ['redirects', 'huge', 'html', 'list', 'none'])
    t.not(rows.get(name)?.state, 'online', name);
  for (const [name, pid] of pids) t.true([null, pid].includes(rows.get(name)?.pid ?? null), name);
  for (const command of [['status'], ['diagnose'], ['health', 'all'], ['info', 'all']]) {
    const result = await mpm(...command);
    isClean(t, result, command.join(' '));
    t.is(result.code, 3, command.join(' '));
  }
  const { findings } = (await mpm('diagnose', '--json')).json;
  const said = (name: string): string =>
    JSON.stringify(findings.filter((one) => one.servers.includes(`default/${name}:0`)));
  for (const name of ['text-pid', 'negative-pid', 'pid-one', 'my-pid', 'stranger'])
    t.regex(said(name), /pid-disagrees/, name);
  const stopped = await mpm('stop', 'all', '--force');
  isClean(t, stopped);
  t.true(isAlive(bystander.pid), 'a claim is no authority to signal');
  t.true(isAlive(own));
});

test('words that mean nothing: exit 2, did you mean, and JSON where JSON was asked for', async (t) => {
  const { mpm, home } = project(t, [program('website')]);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['strat', 'all'], /Did you mean start/],
    [['status', '--prot', '80'], /Did you mean --port/],
    [['start', 'websit'], /Did you mean "website"/],
    [['logs', '--lines', 'abc'], /--lines needs a number/],
    [['logs', '--since', 'yesterdayish'], /since/],
    [['logs', '--grep', '('], /grep/],
    [['wait', 'website', '--timeout', 'soon'], /timeout/],
    [['wait', 'website', '--for', 'ever'], /for/],
    [['status', '--port', '0'], /1 to 65535/],
    [['stop', '--port', '65536'], /1 to 65535/],
    [['stop', '--port', '-1'], /port/],
    [['stop', '--pid', '1'], /PID/],
    [['stop', '--pid', '-5'], /pid/i],
    [['stop', '--pid', '0'], /PID/],
    [['stop', '--pid', '999999999'], /no process/],
    [['stop'], /Say what to stop/],
    [['start', '/(/'], /regular expression/],
    [['config', 'chek'], /check/],
    [['config', 'init', 'toml'], /json, yaml, js, ts/],
    [['config', 'check', '-c', 'nowhere.json'], /nowhere\.json/],
    [['status', '--json=maybe'], /json/],
    [['completion', 'tcsh'], /bash/],
    [['save'], /recorded at every start/],
    [['--nope'], /--nope/],
  ];
  const answers = await Promise.all(
    cases.map(async ([words, expected]) => ({ words, expected, told: await mpm(...words) })),
  );
  for (const { words, expected, told } of answers) {
    t.is(told.code, 2, `${words.join(' ')}: ${told.text}`);
    t.regex(told.text, expected, words.join(' '));
    t.is(told.stdout, '', words.join(' '));
    isClean(t, told, words.join(' '));
  }
  for (const words of [
    ['strat', 'all'],
    ['start', 'nobody'],
    ['stop', '--port', '0'],
  ]) {
    const { code, json, stderr } = await mpm(...words, '--json');
    t.is(code, 2);
    t.is(stderr, '');
    t.deepEqual(Object.keys(json.error).toSorted(), ['code', 'docs', 'facts', 'hint', 'message']);
    t.regex(json.error.code, /^MPM_[A-Z_]+$/);
  }
  t.false(existsSync(home));
});

test('homes that cannot be used', async (t) => {
  const here = project(t, [program('web')]);
  const relative = await here.mpmWith({ env: { MPM_IO_HOME: 'relative/home' } }, 'status');
  isClean(t, relative);
  t.is(relative.code, 2);
  t.regex(relative.stderr, /absolute/);
  t.false(existsSync(join(here.folder, 'relative/home/units')));
  const file = here.file('a-file', 'x');
  const notFolder = await here.mpmWith({ env: { MPM_IO_HOME: file } }, 'start', 'web');
  t.true([1, 2].includes(notFolder.code ?? 0), notFolder.text);
  t.regex(notFolder.stderr, /home/i);
  isClean(t, notFolder);
  const open = join(here.folder, 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  for (const words of [['start', 'web'], ['status']]) {
    const unsafe = await here.mpmWith({ env: { MPM_IO_HOME: open } }, ...words);
    t.is(unsafe.code, 2);
    t.regex(unsafe.stderr, /other users may write/);
    isClean(t, unsafe);
  }
  const damaged = project(t, [program('web')]);
  t.is((await damaged.mpm('start', 'web')).code, 0);
  const [id = ''] = readdirSync(join(damaged.home, 'units'));
  writeFileSync(join(damaged.home, 'units', id, 'spec.json'), '{"half');
  const told = await damaged.mpm('status');
  t.regex(told.stderr, /Warning: .*spec\.json/);
  isClean(t, told);
  t.is((await damaged.mpm('stop', 'web')).code, 0);
  t.deepEqual(processesOf(damaged.home), []);
  t.deepEqual(processesOf(here.home), []);
});

test('a privileged port as an ordinary user, and a home that user cannot read', async (t) => {
  const setpriv = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  if (process.getuid?.() !== 0) {
    t.log('skipped: it takes root to become another user');
    t.pass();
    return;
  }
  const here = project(t, [program('web', { port: 81 })]);
  chmodSync(join(here.folder, '..'), 0o755);
  const nobodyHome = join(here.folder, '..', 'nobody');
  mkdirSync(nobodyHome);
  const { chownSync } = await import('node:fs');
  chownSync(nobodyHome, 65_534, 65_534);
  const line = (home: string, words: string): string =>
    `MPM_IO_HOME='${home}' ${setpriv.join(' ')} mpm-io ${words}`;
  const started = await here.shell(line(join(nobodyHome, 'home'), 'start web'));
  if (/Permission denied|EACCES.*bin|not found/.test(started.text) && started.code === 126) {
    t.log('skipped: this tree cannot be read by another user');
    t.pass();
    return;
  }
  t.is(started.code, 1, started.text);
  t.regex(started.text, /81/);
  isClean(t, started);
  mkdirSync(here.home, { mode: 0o700 });
  const unreadable = await here.shell(line(here.home, 'status'));
  t.is(unreadable.code, 2, unreadable.text);
  t.regex(unreadable.text, /home .* belongs to another user/);
  isClean(t, unreadable);
});
