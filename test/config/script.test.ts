import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { commandOfScript, type ScriptRequest } from '../../src/config/command/script.js';
import { splitWords } from '../../src/config/command/words.js';
import { folderWith, realFiles } from './rig.js';

const files = {
  'a.js': '',
  'b.ts': '',
  'c.tsx': '',
  'd.py': '',
  'e.sh': '',
  'with space.js': '',
  'bin/www': '#!/usr/bin/env node\n',
  'bin/shim': '#!/bin/sh\nexec node "$@"\n',
  'bin/plain': 'console.log(1)\n',
  'bin/elf': '\u007fELF\0\0',
  'bin/py': '#!/usr/bin/env -S python3 -u\n',
  'pkg/package.json': '{"main": "lib/main.js"}',
  'pkg/lib/main.js': '',
  'bare/index.js': '',
  'path/tool': '#!/bin/sh\n',
};

const ask = (
  t: ExecutionContext,
  script: string,
  more: Partial<ScriptRequest> = {},
  nodeVersion = '20.19.0',
  extra = {},
) => {
  const folder = folderWith(t, { ...files, ...extra });
  for (const name of ['bin/shim', 'path/tool']) chmodSync(join(folder, name), 0o755);
  const answer = commandOfScript(
    {
      script,
      args: ['x'],
      interpreter: null,
      interpreterArgs: [],
      folders: [folder],
      sourceMaps: false,
      ...more,
    },
    { node: '/opt/node', nodeVersion, path: join(folder, 'path'), files: realFiles() },
  );
  const short = (word: string): string =>
    word.replace(`file://${folder}/`, 'FILE/').replace(`${folder}/`, './');
  const { command } = answer;
  return { ...answer, runs: 'argv' in command ? command.argv.map(short).join(' ') : `sh: ${command.shell}` };
};

const runs = test.macro<[script: string, expected: string, more?: Partial<ScriptRequest>]>({
  exec: (t, script, expected, more) => {
    const answer = ask(t, script, more);
    t.deepEqual([answer.runs, answer.problem], [expected, null]);
  },
  title: (_given, script, expected, more) =>
    `${script} runs as ${expected}${more === undefined ? '' : ` by ${JSON.stringify(more)}`}`,
});

test(runs, 'a.js', '/opt/node ./a.js x');
test(runs, 'gone.js', '/opt/node ./gone.js x');
test(runs, 'gone', './gone x');
test(runs, 'tool', './path/tool x', { interpreter: 'none' });
test(runs, 'gone', './gone x', { interpreter: 'none' });
test(runs, 'd.py', 'python3 ./d.py x');
test(runs, 'e.sh', 'sh ./e.sh x');
test(runs, 'bin/www', '/opt/node ./bin/www x');
test(runs, 'bin/shim', './bin/shim x');
test(runs, 'bin/plain', '/opt/node ./bin/plain x');
test(runs, 'bin/elf', './bin/elf x');
test(runs, 'bin/py', '/usr/bin/env -S python3 -u ./bin/py x');
test(runs, 'pkg', '/opt/node ./pkg/lib/main.js x');
test(runs, 'bare', '/opt/node ./bare/index.js x');
test(runs, 'tool', './path/tool x');
test(runs, 'with space.js', '/opt/node ./with space.js x');
test(runs, 'npm run start', 'sh: npm run start x');
test(runs, 'npm run start', "sh: npm run start 'a b' '$HOME'", { args: ['a b', '$HOME'] });
test(runs, 'a.js', './a.js x', { interpreter: 'none' });
test(runs, 'a.js', 'bun ./a.js x', { interpreter: 'bun' });
test(runs, 'a.js', './own/node --flag ./a.js x', { interpreter: 'own/node', interpreterArgs: ['--flag'] });
test(runs, 'a.js', '/opt/node --enable-source-maps ./a.js x', { sourceMaps: true });

test('TypeScript runs by tsx where it is installed', (t) => {
  const tsx = {
    'node_modules/tsx/package.json': '{"name": "tsx", "exports": "./loader.mjs"}',
    'node_modules/tsx/loader.mjs': '',
  };
  t.is(
    ask(t, 'b.ts', {}, '20.19.0', tsx).runs,
    '/opt/node --import FILE/node_modules/tsx/loader.mjs ./b.ts x',
  );
});

test('TypeScript runs by Node itself where it can, else tsx is named', (t) => {
  t.is(ask(t, 'b.ts', {}, '24.0.0').runs, '/opt/node ./b.ts x');
  t.is(ask(t, 'b.ts', {}, '22.7.0').runs, '/opt/node --experimental-strip-types ./b.ts x');
  t.regex(ask(t, 'b.ts').problem ?? '', /npm install tsx/);
  t.regex(ask(t, 'c.tsx', {}, '24.0.0').problem ?? '', /npm install tsx/);
  t.is(ask(t, 'gone.ts').problem, null);
});

test('a pinned Node is the current one, and that is told', (t) => {
  const answer = ask(t, 'a.js', { interpreter: 'node@18' });
  t.is(answer.runs, '/opt/node ./a.js x');
  t.regex(answer.differs ?? '', /20\.19\.0/);
});

test('a link is followed to what it names', (t) => {
  const folder = folderWith(t, files);
  symlinkSync(join(folder, 'bin/www'), join(folder, 'linked'));
  const { command } = commandOfScript(
    {
      script: './linked',
      args: [],
      interpreter: null,
      interpreterArgs: [],
      folders: [folder],
      sourceMaps: false,
    },
    { node: '/opt/node', nodeVersion: '20.19.0', path: '', files: realFiles() },
  );
  t.deepEqual(command, { argv: ['/opt/node', join(folder, 'linked')] });
});

test('a line is split as a shell would', (t) => {
  t.deepEqual(splitWords(String.raw`a 'b c' "d \"e\"" f\ g '' --x="1 2"`), [
    'a',
    'b c',
    'd "e"',
    'f g',
    '',
    '--x=1 2',
  ]);
  t.deepEqual(splitWords('  '), []);
  t.deepEqual(splitWords("it's"), ['its']);
});
