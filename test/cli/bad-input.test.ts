import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ava, { type ExecutionContext } from 'ava';
import { freePort, isClean, processesOf, project, server, type Project, type Result } from './rig.js';

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
    [
      'an interpreter that is missing',
      [{ name: 'web', command: ['./lost.sh'] }],
      1,
      /names \/no\/such\/shell/,
    ],
    ['a folder as program', [{ name: 'web', command: ['./folder'] }], 1, /is a folder/],
    [
      'no program for any machine',
      [{ name: 'web', command: ['./junk'] }],
      1,
      /code 12[67][^]*(cannot be executed|not installed)/,
    ],
    ['exits at once with 0, no port', [{ name: 'web', command: ['true'] }], 1, /code 0[^]*"type": "task"/],
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
    here.file('lost.sh', '#!/no/such/shell\n', 0o755);
    here.file('folder/within', '');
    here.file('junk', '\u007fELF, not', 0o755);
    const result = await here.mpm('start', 'web');
    t.is(result.code, exit, `${what}: ${result.text}`);
    t.regex(result.stderr, words, what);
    t.is(result.stdout, '', what);
    leftNothing(t, here, result, what);
    const status = await here.mpm('status');
    isClean(t, status, what);
  }
});

test('a script with the line ends of Windows is told, and the printed remedy mends it', async (t) => {
  for (const first of ['#!/bin/sh', '#!/usr/bin/env sh']) {
    const { mpm, shell, file, home } = project(t, [{ name: 'web', command: ['./web.sh'] }]);
    file('web.sh', `${first}\r\nexec sleep 600\r\n`, 0o755);
    const told = await mpm('start', 'web');
    t.is(told.code, 1, told.text);
    t.regex(told.stderr, /as on Windows/);
    t.deepEqual(processesOf(home), []);
    const remedy = /sed -i .*/.exec(told.stderr)?.[0] ?? '';
    t.is((await shell(remedy)).code, 0, remedy);
    const again = await mpm('start', 'web');
    t.is(again.code, 0, again.text);
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
    ['a name that means everything', [program('all')], 2, /every server/],
    ['a name that would break a line', [program('a\nb')], 2, /control characters/],
    ['a name that turns the line around', [program('a\u202eb')], 2, /control characters/],
    ['a name longer than a file name', [program('ü'.repeat(200))], 2, /too long/],
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

test('a plugin that cannot be used and what else is wrong are told in one run, and no style is called unknown', async (t) => {
  const { file, mpm, home } = project(t, null, { 'broken.mjs': 'throw new Error("no screen here");\n' });
  file('ecosystem.json', {
    plugins: ['./broken.mjs', './gone.mjs'],
    servers: [
      { name: 'irc', style: 'screen-managed', session: 'irc', port: 0 },
      { name: 'web', prot: 80, ready: { tcp: true } },
      { name: 'chat', style: 'http-managed', prot: 80 },
    ],
  });
  for (const words of [
    ['config', 'check'],
    ['start', 'all'],
  ]) {
    const result = await mpm(...words);
    t.is(result.code, 2, result.text);
    isClean(t, result);
    const told = [...result.stderr.matchAll(/ecosystem\.json:\d+: (\S+): /g)].map(([, path]) => path);
    t.deepEqual(told, ['plugins[0]', 'plugins[1]', 'servers[0].port', 'servers[1].prot', 'servers[2].prot']);
    t.regex(result.stderr, /no screen here[^]*http-managed\. Did you mean "port"/);
    t.notRegex(result.stderr, /screen-managed|session|has no `port`/);
  }
  t.false(existsSync(home));
});

test('odd names work in every command: spaces, unicode, dots, slashes', async (t) => {
  const names = [
    'two words',
    'größe 日本',
    '..',
    'a/b',
    "it's",
    '$(touch pwned)',
    '*',
    '/x/',
    '7',
    '__proto__',
  ];
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
