import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ava, { type ExecutionContext } from 'ava';
import {
  freePort,
  isAlive,
  isClean,
  processesOf,
  project,
  server,
  type Project,
  type Result,
} from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

type Case = readonly [what: string, servers: readonly unknown[], exit: number, words: RegExp];

/** Nothing runs, nothing is recorded half, no words that only a programmer understands. */
const leftNothing = (t: ExecutionContext, { home }: Project, result: Result, what: string): void => {
  isClean(t, result, what);
  t.deepEqual(processesOf(home), [], `${what}: ${result.text}`);
  const units = join(home, 'units');
  for (const id of existsSync(units) ? readdirSync(units).filter((name) => /^\d+$/.test(name)) : [])
    t.true(readdirSync(join(units, id)).includes('spec.json'), what);
};

const program = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name,
  script: server,
  stop: { timeout: '1s' },
  ...more,
});

test('programs that cannot be started, or do not stay: each with its cause and exit code', async (t) => {
  const port = await freePort(6);
  const cases: readonly Case[] = [
    ['script missing', [program('web', { script: './nowhere.mjs' })], 1, /nowhere\.mjs/],
    [
      'program missing',
      [{ name: 'web', command: ['no-such-program-here'] }],
      1,
      /no-such-program-here.*not installed/,
    ],
    ['not executable', [{ name: 'web', command: ['./plain.sh'] }], 1, /may not be executed[^]*chmod \+x/],
    ['exits at once with 0', [{ name: 'web', command: ['true'], port }], 1, /before it was ready|ended|exit/],
    [
      'exits at once with 3',
      [{ name: 'web', command: ['/bin/sh', '-c', 'echo oh no >&2; exit 3'] }],
      1,
      /\b3\b[^]*oh no/,
    ],
    [
      'prints and hangs',
      [
        program('web', {
          port: port + 1,
          args: ['--never-listen', '--print=still here'],
          ready: { http: '/health', timeout: '700ms' },
        }),
      ],
      1,
      /not ready within 700 ms/,
    ],
    [
      'listens elsewhere',
      [program('web', { port: port + 2, args: [`--port=${port + 3}`], ready: { timeout: '900ms' } })],
      1,
      new RegExp(String(port + 3)),
    ],
    ['cwd missing', [program('web', { cwd: './gone' })], 1, /gone/],
    ['user unknown', [program('web', { user: 'no-such-user-x' })], 1, /no-such-user-x/],
    ['envFile missing', [program('web', { envFile: './no.env' })], 1, /no\.env/],
    [
      'host of another machine',
      [program('web', { port: port + 4, host: '203.0.113.7', ready: { timeout: '2s' } })],
      1,
      /203\.0\.113\.7/,
    ],
    [
      'no program at all',
      [{ name: 'web', style: 'http-managed', port: port + 5 }],
      2,
      /no script or command/,
    ],
  ];
  for (const [what, servers, exit, words] of cases) {
    const here = project(t, servers);
    here.file('plain.sh', '#!/bin/sh\nexit 0\n', 0o644);
    const result = await here.mpm('start', 'web');
    t.is(result.code, exit, `${what}: ${result.text}`);
    t.regex(result.stderr, words, what);
    t.is(result.stdout, '', what);
    leftNothing(t, here, result, what);
    const status = await here.mpm('status');
    isClean(t, status, what);
  }
});

test('a server that listens late is waited for', async (t) => {
  const port = await freePort();
  const { mpm } = project(t, [program('web', { port, args: ['--listen-after=1200'] })]);
  const started = await mpm('start', 'web');
  t.is(started.code, 0, started.text);
});

test('mistakes in the file are told all at once, with file, line and path; nothing is done', async (t) => {
  const cases: readonly Case[] = [
    ['port 0', [program('web', { port: 0 })], 2, /servers\[0\]\.port/],
    ['port 65536', [program('web', { port: 65_536 })], 2, /servers\[0\]\.port[^]*65535/],
    ['port beyond by instances', [program('web', { port: 65_535, instances: 3 })], 2, /65535/],
    ['a range that is upside down', [program('web', { port: { from: 20, to: 10 } })], 2, /port/],
    ['unknown key', [program('web', { prot: 3000 })], 2, /prot[^]*port/],
    ['unknown style', [program('web', { style: 'http-manged' })], 2, /http-managed/],
    ['two of one name', [program('web'), program('web')], 2, /web/],
    ['dependsOn nobody', [program('web', { dependsOn: ['dbb'] }), program('db')], 2, /dbb[^]*db/],
    [
      'dependsOn in a circle',
      [program('a', { dependsOn: ['b'] }), program('b', { dependsOn: ['a'] })],
      2,
      /circle|cycle|itself|each other/,
    ],
    ['a name with a dash in front', [program('-web')], 2, /name/],
    ['a name with an escape code', [program('we\u001b[31mb')], 2, /name/],
    ['a name that ends in digits', [program('web:1')], 2, /name/],
    ['a name that is a number', [{ name: 7, script: server }], 2, /name/],
    ['no name', [{ script: server }], 2, /name/],
  ];
  for (const [what, servers, exit, words] of cases) {
    const here = project(t, servers);
    const commands = [
      ['start', 'all'],
      ['config', 'check'],
    ];
    for (const result of await Promise.all(commands.map((words) => here.mpm(...words)))) {
      t.is(result.code, exit, `${what}: ${result.text}`);
      t.regex(result.stderr, words, what);
      t.regex(result.stderr, /ecosystem\.json/, what);
      isClean(t, result, what);
    }
    t.false(existsSync(here.home), what);
  }
  const both = project(t, [program('web', { prot: 1 }), { script: 4 }]);
  const { json, code } = await both.mpm('start', 'all', '--json');
  t.is(code, 2);
  t.deepEqual(Object.keys(json.error).toSorted(), ['code', 'docs', 'facts', 'hint', 'message']);
  t.true(json.error.facts.problems.length >= 3, json.error.message);
  const broken = project(t, null, { 'ecosystem.json': '{"servers": [' });
  const syntax = await broken.mpm('status');
  t.is(syntax.code, 2);
  isClean(t, syntax);
});

test('odd names work in every command: spaces, unicode, dots, slashes', async (t) => {
  const names = ['two words', 'größe 日本', '..', 'a/b', "it's", '$(touch pwned)'];
  const servers = names.map((name) => ({ name, command: ['sleep', '600'] }));
  const { mpm, shell, folder, home } = project(t, servers);
  const started = await mpm('start', 'all');
  t.is(started.code, 0, started.text);
  for (const name of names) {
    const info = await mpm('info', name);
    t.is(info.code, 0, info.text);
    t.is((await mpm('logs', name, '--no-follow')).code, 0);
    t.is((await mpm('stop', name)).code, 0);
  }
  t.deepEqual(processesOf(home), []);
  const { json } = await mpm('diagnose', '--json');
  t.truthy(json);
  await shell('mpm-io status');
  t.false(existsSync(join(folder, 'pwned')));
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
