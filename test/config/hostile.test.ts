import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { EcosystemDraft } from '../../src/config/ecosystem.js';
import { readEcosystem } from '../../src/config/read.js';
import type { ReadRequest } from '../../src/config/read-request.js';
import { folderWith, requestFor } from './rig.js';

const read = (
  t: ExecutionContext,
  name: string,
  text: string,
  more: Partial<ReadRequest> = {},
): Promise<EcosystemDraft> => readEcosystem(requestFor(join(folderWith(t, { [name]: text }), name), more));

const toldOf = ({ problems }: EcosystemDraft): readonly string[] =>
  problems.map(({ path, line, message }) => `${path}${line === null ? '' : `:${line}`} ${message}`);

const program = test.macro({
  exec: async (t: ExecutionContext, text: string, expected: readonly RegExp[]): Promise<void> => {
    const told = toldOf(await read(t, 'ecosystem.config.cjs', text, { timeout: 500 }));
    t.is(told.length, expected.length, told.join('\n'));
    for (const [index, pattern] of expected.entries()) t.regex(told[index] ?? '', pattern);
  },
  title: (given) => `a program whose export ${given}`,
});

const server = (keys: string): string =>
  `module.exports = { servers: [{ name: 'web', nice: 99, ${keys} }] };`;
const nice = /^servers\[0\]\.nice /;

test('throws where it is read', program, server('get port() { throw new Error("boom"); }'), [
  /^servers\[0\]\.port throws when it is read: boom/,
  nice,
]);
test('throws nothing that has a text', program, server('get port() { throw Object.create(null); }'), [
  /^servers\[0\]\.port throws when it is read: something that has no text/,
  nice,
]);
test('is a proxy that refuses', program, server('ready: new Proxy({}, { ownKeys() { throw 1; } })'), [
  /^servers\[0\]\.ready throws when it is read: 1/,
  nice,
]);
test('never ends where it is read', program, server('get port() { for (;;); }'), [
  /^ It did not finish loading within 0\.5 s/,
]);
test('holds a promise', program, server('port: Promise.resolve(80)'), [
  /^servers\[0\]\.port must be data, not a promise/,
  nice,
]);
test('holds a Date and a Map', program, server('port: new Date(), env: new Map()'), [
  /^servers\[0\]\.port must be data, not a Date/,
  /^servers\[0\]\.env must be data, not a Map/,
  nice,
]);
test('has what it needs from a prototype', program, 'module.exports = [Object.create({ script: "a.js" })];', [
  /^\[0\] has neither/,
]);
test('has a hole in its list', program, 'module.exports = { servers: [, { name: "a" }] };', [
  /^servers\[0\] must be an object, not nothing/,
]);
test('says it has a thousand million servers', program, 'module.exports = { servers: new Array(1e9) };', [
  /more than 200000 values/,
]);
test('looks like a promise that never ends', program, 'module.exports = { then() {}, servers: [] };', [
  /^ It did not finish loading within 0\.5 s/,
]);
test('is thrown instead, without a text', program, 'throw Object.create(null);', [
  /^ It throws while it is loaded: something that has no text/,
]);

test('a promise of a file is waited for', async (t) => {
  const draft = await read(
    t,
    'a.config.cjs',
    'module.exports = Promise.resolve({ servers: [{ name: "a" }] });',
  );
  t.deepEqual(toldOf(draft), []);
  t.is(draft.servers.length, 1);
});

test('TypeScript that does not parse is told as that', async (t) => {
  const [told] = toldOf(await read(t, 'a.config.ts', 'export default {'));
  t.regex(told ?? '', /^:\d+ It does not parse/);
});

test('a key that stands twice in JSON is told with its line, comments or not', async (t) => {
  const text =
    '{"servers": [{"name": "we\\"b",\n"port": 1,\n"p\\u006frt": 2, "nice": 99}, {"name": "b", "x": ["port"]}]}';
  for (const [name, content] of [
    ['plain.json', text],
    ['comments.json', `/* , */ ${text}`],
  ] as const) {
    const told = toldOf(await read(t, name, content));
    t.is(told.length, 2, told.join('\n'));
    t.regex(told[0] ?? '', /^servers\[0\]\.port:3 stands there twice/);
    t.regex(told[1] ?? '', /^servers\[0\]\.nice:3/);
  }
  t.regex(toldOf(await read(t, 'top.json', '{"servers": [],\n"servers": []}'))[0] ?? '', /^servers:2 stands/);
  const apps = await read(t, 'apps.json', '{"apps": [{"script": "a.js", "port": 1, "port": 2}]}');
  t.deepEqual(toldOf(apps), []);
  t.is(apps.warnings[0]?.path, 'apps[0].port');
  const other = await read(t, 'package.json', '{"a": 1, "a": 2, "mpm-io": {"servers": [{"name": "a"}]}}');
  t.deepEqual(toldOf(other), []);
});

test('a key for the prototype hides nothing else', async (t) => {
  const told = toldOf(
    await read(t, 'a.json', '{"servers": [{"name": "a", "__proto__": {"x": 1}, "nice": 99}]}'),
  );
  t.deepEqual(
    told.map((text) => text.split(':')[0]),
    ['servers[0].__proto__', 'servers[0].nice'],
  );
});

test('JSON nested beyond any reader is told, not fallen over', async (t) => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const told = toldOf(await read(t, 'a.json', `${open.repeat(50_000)}1${close.repeat(50_000)}`));
    t.regex(told.join(), /nested more than 60 levels/);
  }
});

test('YAML: an alias of nothing, a tag of nobody, a key that is no text', async (t) => {
  t.regex(
    toldOf(await read(t, 'a.yaml', 'servers:\n  - name: *nope\n  - name: *gone\n')).join('\n'),
    /^:2 .*\*nope .*\n:3 .*\*gone /,
  );
  t.regex(
    toldOf(await read(t, 'b.yaml', 'servers:\n  - name: !foo web\n')).join('\n'),
    /^:2 This is not valid YAML: Unresolved tag: !foo/,
  );
  const warnings: unknown[] = [];
  const listen = (warning: unknown): void => void warnings.push(warning);
  process.on('warning', listen);
  await read(t, 'c.yaml', 'servers:\n  - ? {a: b}\n    : 1\n    name: web\n');
  await new Promise(setImmediate);
  process.off('warning', listen);
  t.deepEqual(warnings, []);
});
