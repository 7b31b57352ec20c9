import { chownSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readEcosystem } from '../../src/config/read.js';
import { folderWith, requestFor, uid } from './rig.js';

/** A file that belongs to another user than the one who reads it. */
const foreign = (t: ExecutionContext, name: string, text: string) => {
  const file = join(folderWith(t, { [name]: text }), name);
  if (uid === 0) chownSync(file, 4242, 4242);
  const { host } = requestFor(file);
  return { file, host: { ...host, user: { ...host.user, uid: uid === 0 ? 0 : uid + 1 } } };
};

test('a program of somebody else is run only by its name', async (t) => {
  const { file, host } = foreign(t, 'ecosystem.config.cjs', 'module.exports = { servers: [] };');
  await t.throwsAsync(readEcosystem(requestFor(file, { host, named: false })), {
    code: 'MPM_CONFIG_FOREIGN_CODE',
  });
  t.deepEqual((await readEcosystem(requestFor(file, { host, named: true }))).problems, []);
});

test('the plugins of a found file of somebody else are not handed on', async (t) => {
  const text = '{"plugins": ["./evil.js"], "servers": []}';
  const { file, host } = foreign(t, 'ecosystem.json', text);
  const found = await readEcosystem(requestFor(file, { host, named: false }));
  t.deepEqual(found.plugins, []);
  t.regex(found.problems[0]?.message ?? '', /its plugins are not run/);
  t.is((await readEcosystem(requestFor(file, { host, named: true }))).plugins.length, 1);
});

test('data of somebody else without plugins is read', async (t) => {
  const { file, host } = foreign(t, 'ecosystem.json', '{"servers": [{"name": "a"}]}');
  t.deepEqual((await readEcosystem(requestFor(file, { host, named: false }))).problems, []);
});

test('the lines of package.json are those of the whole file', async (t) => {
  const text =
    '{\n  "name": "x",\n  "mpm-io": {\n    "servers": [\n      { "name": "a", "port": 0 }\n    ]\n  }\n}\n';
  const file = join(folderWith(t, { 'package.json': text }), 'package.json');
  const { problems } = await readEcosystem(requestFor(file));
  t.deepEqual(
    problems.map(({ path, line }) => [path, line]),
    [['servers[0].port', 5]],
  );
});
