import test, { type ExecutionContext } from 'ava';
import { z } from 'zod';
import { finishEcosystem, type StyleFailure, type StyleRules } from '../../src/config/finish.js';
import { isMpmError, mpmError, type MpmError } from '../../src/model/errors/index.js';
import type { ConfigProblem } from '../../src/model/errors/config.js';
import { readValue, styles } from './rig.js';

const missing: StyleFailure = {
  error: mpmError('PLUGIN_NOT_FOUND', {
    specifier: 'x',
    tried: ['x'],
    folder: '/',
    install: 'npm install x',
  }),
  place: { path: 'plugins[0]', line: 3 },
  name: null,
  rules: null,
};

const refused = (name: string, rules: StyleRules | null): StyleFailure => ({
  error: mpmError('PLUGIN_OPTIONS_INVALID', { specifier: './x.js', issues: ['no'] }),
  place: { path: 'plugins[0]', line: 3 },
  name,
  rules,
});

const errorOf = async (
  t: ExecutionContext,
  value: unknown,
  failures: readonly StyleFailure[],
): Promise<MpmError> => {
  const draft = await readValue(t, value);
  try {
    await finishEcosystem(draft, styles, failures);
  } catch (error) {
    if (isMpmError(error)) return error;
    throw error;
  }
  throw new Error('nothing is wrong');
};

const pathsOf = (error: MpmError): readonly string[] =>
  (error.facts['problems'] as readonly ConfigProblem[]).map(({ path }) => path);

const file = (...servers: readonly unknown[]) => ({ plugins: ['x'], servers });

test('a plugin that is missing and what else is wrong are told together', async (t) => {
  const error = await errorOf(t, file({ name: 'web', style: 'mine', port: 0, screen: 1 }), [missing]);
  t.is(error.code, 'MPM_CONFIG_INVALID');
  t.is(error.exit, 2);
  t.deepEqual(pathsOf(error), ['plugins[0]', 'servers[0].port']);
  t.regex(error.message, /ecosystem\.json:3: plugins\[0\]: There is no plugin x/);
  t.regex(error.hint, /^Install it with: npm install x\nCorrect the file/);
});

test('where only a plugin is wrong, its own error is told, with its place', async (t) => {
  const error = await errorOf(t, file({ name: 'web', style: 'mine', screen: 1 }), [missing]);
  t.is(error.code, 'MPM_PLUGIN_NOT_FOUND');
  t.regex(error.message, /^\S+ecosystem\.json:3: plugins\[0\]: There is no plugin x/);
  const both = await errorOf(t, file({ name: 'web', style: 'mine' }), [missing, refused('other', null)]);
  t.is(both.code, 'MPM_PLUGINS_FAILED');
  t.is(both.message.match(/ecosystem\.json:3: plugins\[0\]: /g)?.length, 2);
});

test('a plugin that tells its name makes no other style unknown', async (t) => {
  const servers = [
    { name: 'a', style: 'mine', screen: 1 },
    { name: 'b', style: 'supervized' },
  ];
  const error = await errorOf(t, file(...servers), [refused('mine', null)]);
  t.deepEqual(pathsOf(error), ['plugins[0]', 'servers[1].style']);
});

test('a plugin whose options are wrong still says what its servers may have', async (t) => {
  const rules = { instances: 'one', serverOptions: z.strictObject({ screen: z.number() }) } as const;
  const server = { name: 'a', style: 'mine', screen: 'x', scren: 1, instances: 2 };
  const error = await errorOf(t, file(server), [refused('mine', rules)]);
  t.deepEqual(pathsOf(error), [
    'plugins[0]',
    'servers[0].screen',
    'servers[0].scren',
    'servers[0].instances',
  ]);
});

for (const [what, value] of [
  ['an element of the wrong shape', { plugins: [5] }],
  ['no list', { plugins: './x.js' }],
  ['misspelt', { plugin: ['./x.js'] }],
] as const)
  test(`a style that plugins may bring is not called unknown: ${what}`, async (t) => {
    const servers = [{ name: 'web', style: 'mine', screen: 1, port: 0 }];
    const paths = pathsOf(await errorOf(t, { ...value, servers }, []));
    t.is(paths.length, 2, paths.join());
    t.true(paths.includes('servers[0].port'));
  });

test('a lenient schema tells of unknown keys beside wrong values', async (t) => {
  const lenient = z.object({ paths: z.string().optional() });
  const rules = { instances: 'many', serverOptions: lenient } as const;
  const draft = await readValue(t, file({ name: 'a', style: 'mine', paths: 5, pahts: 1 }));
  const error = await t.throwsAsync(finishEcosystem(draft, new Map([['mine', rules]])));
  t.regex(error.message, /paths: Invalid/);
  t.regex(error.message, /pahts: is no key of a server/);
});
