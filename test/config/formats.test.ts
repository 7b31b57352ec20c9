import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readEcosystem } from '../../src/config/read.js';
import { configs, folderWith, onlyServer, readFixture, requestFor } from './rig.js';

const loads = test.macro<[file: string, names: readonly string[]]>({
  exec: async (t, file, names) => {
    const draft = await readFixture(file);
    t.deepEqual(draft.problems, []);
    t.deepEqual(
      draft.servers.map(({ name }) => name),
      names,
    );
    t.true(draft.servers.every(({ declaredIn }) => declaredIn === join(configs, file)));
  },
  title: (given, file) => given ?? `loads ${file}`,
});

test(loads, 'apps.config.js', ['esm-default']);
test(loads, 'named-apps.config.mjs', ['esm-named']);
test(loads, 'module-exports.config.cjs', ['cjs']);
test(loads, 'bare-list.config.cjs', ['bare-list']);
test(loads, 'bare-app.json', ['bare-app']);
test(loads, 'lenient.json', ['lenient']);
test(loads, 'comments.json', ['commented']);
test(loads, 'pm2-key.json', ['by-pm2-key']);
test(loads, 'apps.yml', ['anchored', 'worker']);
test(loads, 'apps-mapping.yml', ['mapping']);
test(loads, 'both.yaml', ['api', 'old']);
test(loads, 'async-function.config.mjs', ['made-for-nobody']);
test(loads, 'typed.config.ts', ['typed']);
test(loads, 'top-level-await.config.mjs', ['awaited']);
test(loads, 'package.json', ['in-package']);

test('a function is told the environment', async (t) => {
  const draft = await readFixture('async-function.config.mjs', { envName: 'production' });
  t.is(onlyServer(draft).name, 'made-for-production');
});

test('no file: everything is empty', async (t) => {
  const draft = await readEcosystem(requestFor(null));
  t.deepEqual([draft.file, draft.folder, draft.servers], [null, '/somewhere', []]);
});

test('a YAML merge and its values arrive as text', async (t) => {
  const [anchored, worker] = (await readFixture('apps.yml')).servers;
  t.deepEqual(anchored?.env, { NODE_ENV: 'production', PORT: '8080', DEBUG: 'true', EXTRA: '1' });
  t.deepEqual(anchored?.port, { kind: 'fixed', port: 8080, spread: false });
  t.is(anchored?.instances, 2);
  t.deepEqual(worker?.command, { argv: ['python3', join(configs, 'worker.py')] });
  t.is(worker?.restart.policy, 'never');
});

test('a warning names the line in JSON with comments', async (t) => {
  const [warning] = (await readFixture('comments.json')).warnings;
  t.is(warning?.line, 4);
  t.is(warning?.path, 'apps[0].autorestrt');
  t.regex(warning?.message ?? '', /autorestart/);
});

test('what a config prints does not go to stdout', async (t) => {
  const out: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  const errors = process.stderr.write.bind(process.stderr);
  process.stdout.write = (text: string | Uint8Array) => out.push(String(text)) > 0;
  const told: string[] = [];
  process.stderr.write = (text: string | Uint8Array) => told.push(String(text)) > 0;
  t.teardown(() => {
    process.stdout.write = write;
    process.stderr.write = errors;
  });
  const draft = await readFixture('prints.config.cjs');
  process.stdout.write = write;
  process.stderr.write = errors;
  t.deepEqual(draft.problems, []);
  t.false(out.join('').includes('dotenv'));
  t.true(told.join('').includes('dotenv says hello'));
});

test('deploy is told to be ignored, and undefined options are dropped', async (t) => {
  const draft = await readFixture('module-exports.config.cjs');
  t.deepEqual(
    draft.warnings.map(({ kind, path }) => [kind, path]),
    [['ignored', 'deploy']],
  );
  t.is(onlyServer(draft).restart.maxRestarts, 16);
  t.is(onlyServer(draft).logs.err, join(configs, 'logs/e.log'));
});

test('JavaScript may compute what it holds: regular expressions, the environment, a list', async (t) => {
  const draft = await readFixture('dynamic.config.cjs');
  t.deepEqual(draft.problems, []);
  const [pattern, first] = draft.servers;
  t.deepEqual(pattern?.ready.probe, { kind: 'log', pattern: String.raw`listening on \d+`, flags: 'i' });
  t.is(pattern?.env['PATH'], process.env['PATH']);
  t.is(first?.env['PATH'], process.env['PATH']);
  t.false('NONE' in (first?.env ?? {}));
});

const breaks = test.macro<[file: string, line: number | null, message: RegExp]>({
  exec: async (t, file, line, message) => {
    const { problems, servers } = await readFixture(file, { timeout: 400 });
    t.deepEqual(servers, []);
    t.is(problems.length, 1);
    t.is(problems[0]?.line, line);
    t.regex(problems[0]?.message ?? '', message);
    t.notRegex(problems[0]?.message ?? '', /\n/);
  },
  title: (given, file) => given ?? `tells what is wrong with ${file}`,
});

test(breaks, 'syntax.json', 3, /not valid JSON/);
test(breaks, 'syntax.yaml', 3, /not valid YAML/);
test(breaks, 'duplicate-keys.yaml', 4, /unique/);
test(breaks, 'syntax.config.cjs', 3, /does not parse: Unexpected token ','/);
test(breaks, 'syntax.config.mjs', 2, /does not parse/);
test(breaks, 'throws.config.cjs', 3, /throws while it is loaded: Cannot read properties of undefined/);
test(breaks, 'loops.config.cjs', null, /did not finish loading within 0.4 s/);
test(breaks, 'waits.config.mjs', null, /did not finish loading within 0.4 s/);
test(breaks, 'missing-import.config.cjs', 1, /npm install no-such-package-at-all/);
test(breaks, 'empty.json', null, /empty/);
test(breaks, 'empty.yaml', null, /empty/);

test('a file that is not there has its own code', async (t) => {
  await t.throwsAsync(readFixture('nowhere.json'), { code: 'MPM_CONFIG_NOT_FOUND' });
});

test('a byte order mark and CRLF are read, and the line is right', async (t) => {
  const [problem] = (await readFixture('bom-crlf.json')).problems;
  t.deepEqual([problem?.line, problem?.path], [3, 'servers[0].port']);
  t.regex(problem?.message ?? '', /any free port/);
});

const refuses = async (t: ExecutionContext, name: string, text: string): Promise<string> => {
  const folder = folderWith(t, { [name]: text });
  const { problems } = await readEcosystem(requestFor(join(folder, name)));
  t.is(problems.length, 1);
  return problems[0]?.message ?? '';
};

test('hostile files end in one sentence', async (t) => {
  t.regex(await refuses(t, 'a.json', '['.repeat(200_000)), /nested too deeply|not valid/);
  t.regex(await refuses(t, 'b.json', '['.repeat(2000) + ']'.repeat(2000)), /nested more than/);
  t.regex(await refuses(t, 'c.json', ' '.repeat(5 * 1024 ** 2)), /at most 4194304/);
  t.regex(
    await refuses(t, 'd.json', '{"servers": [{"name": "x", "__proto__": {"port": 1}}]}'),
    /no key here/,
  );
  t.regex(await refuses(t, 'e.yaml', bomb()), /cannot be read/);
  t.regex(
    await refuses(t, 'f.cjs', 'const a = {}; a.a = a; module.exports = { servers: [a] };'),
    /holds itself/,
  );
  t.regex(await refuses(t, 'g.toml', 'a = 1'), /ends in \.json/);
  t.regex(await refuses(t, 'h.json', 'module.exports = { apps: [] }'), /name it \.cjs/);
  t.regex(await refuses(t, 'package.json', '{}'), /no key "mpm-io"/);
  t.regex(await refuses(t, 'i.cjs', 'throw "text"'), /throws while it is loaded: text/);
});

const bomb = (): string =>
  [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefgh'
      .split('')
      .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`),
  ].join('\n');
