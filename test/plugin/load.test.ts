import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { isMpmError } from '../../src/model/errors/index.js';
import { loadStyles, tryStyles, type BuiltinStyles, type Styles } from '../../src/plugin/load.js';
import { createFakeHost } from '../../src/testing/index.js';

const body = (name: string, more = ''): string => `({
  name: '${name}', apiVersion: 1, instances: 'many', ${more}
  create: (options) => ({
    options,
    detect: async () => new Map(), start: async () => ({}), stop: async () => ({}), info: async () => [],
  }),
})`;

const esm = (name: string, more?: string): string => `export default ${body(name, more)};\n`;

const builtins: BuiltinStyles = {
  supervised: async () => ({ default: plugin('supervised') }),
  'http-managed': async () => ({ default: plugin('http-managed') }),
};

const plugin = (name: string) => ({
  name,
  apiVersion: 1,
  instances: 'many',
  options: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value: unknown) => ({ value }),
    },
  },
  create: (options: unknown) => ({
    options,
    detect: async () => new Map(),
    start: async () => ({}),
    stop: async () => ({}),
    info: async () => [],
  }),
});

/** A project folder with these files. */
const project = async (t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'mpm-io-load-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
};

const load = (folder: string, ...specifiers: (string | readonly [string, unknown])[]): Promise<Styles> =>
  loadStyles(
    specifiers.map((one) => ({
      specifier: typeof one === 'string' ? one : one[0],
      options: typeof one === 'string' ? undefined : one[1],
      folder,
      path: 'plugins[0]',
      line: 1,
    })),
    builtins,
    () => false,
    createFakeHost(),
  );

const failure = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return 'loaded';
  } catch (error) {
    return isMpmError(error) ? `${error.code}: ${error.message}` : `unexpected: ${String(error)}`;
  }
};

const packageOf = (name: string, exportsOf: unknown, file: string, text: string) => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', ...(exportsOf as object) }),
  [`node_modules/${name}/${file}`]: text,
});

for (const [title, specifier, files] of [
  ['a path', './mine.js', { 'package.json': '{"type":"module"}', 'mine.js': esm('mine') }],
  ['a path without its ending', './mine', { 'mine.mjs': esm('mine') }],
  ['a folder', './styles/mine', { 'styles/mine/index.mjs': esm('mine') }],
  ['CommonJS', './mine.cjs', { 'mine.cjs': `module.exports = ${body('mine')};` }],
  ['CommonJS with its own default', './mine.cjs', { 'mine.cjs': `exports.default = ${body('mine')};` }],
  [
    'TypeScript',
    './mine.ts',
    { 'mine.ts': `const name: string = 'mine';\nexport default ${body('mine')} as object;` },
  ],
  [
    'a package with ESM exports only',
    'acme',
    packageOf('acme', { exports: { '.': { import: './x.mjs' } } }, 'x.mjs', esm('mine')),
  ],
  [
    'a short name',
    'mine',
    packageOf('mpm-io-plugin-mine', { main: 'x.cjs' }, 'x.cjs', `module.exports = ${body('mine')};`),
  ],
  [
    'a short name that Node has for itself',
    'http',
    packageOf('mpm-io-plugin-http', { main: 'x.cjs' }, 'x.cjs', `module.exports = ${body('mine')};`),
  ],
  ['a scoped package', '@acme/mine', packageOf('@acme/mine', { exports: './x.mjs' }, 'x.mjs', esm('mine'))],
] as const) {
  test(`a plugin is loaded from ${title}`, async (t) => {
    const folder = await project(t, files);
    t.deepEqual([...(await load(folder, specifier)).keys()], ['mine']);
  });
}

for (const [title, text, expected] of [
  [
    'throws on import',
    'throw new Error("at import");',
    /^MPM_PLUGIN_IMPORT_FAILED: .*bad\.mjs cannot be loaded: at import/,
  ],
  ['does not parse', 'export default {', /^MPM_PLUGIN_IMPORT_FAILED: .*bad\.mjs/],
  ['has no default export', 'export const x = 1;', /^MPM_PLUGIN_INVALID: .*bad\.mjs .*no default export/],
  ['has no name', 'export default { apiVersion: 1 };', /^MPM_PLUGIN_INVALID: .*bad\.mjs .*no name/],
  [
    'has another apiVersion',
    esm('x').replace('apiVersion: 1', 'apiVersion: 2'),
    /^MPM_PLUGIN_API_VERSION: .*bad\.mjs is written for apiVersion 2; this mpm-io has 1/,
  ],
  [
    'has no create',
    'export default { name: "x", apiVersion: 1 };',
    /^MPM_PLUGIN_INVALID: .*no create function/,
  ],
  [
    'counts its instances otherwise',
    esm('x').replace("'many'", "'some'"),
    /^MPM_PLUGIN_INVALID: .*many, one, own/,
  ],
  [
    'has options that are no schema',
    esm('x', 'options: {},'),
    /^MPM_PLUGIN_INVALID: .*its options is no Standard Schema/,
  ],
  [
    'lacks hooks',
    esm('x').replace('stop:', 'halt:').replace('info:', 'tell:'),
    /^MPM_PLUGIN_INVALID: .*lacks stop, info/,
  ],
  ['creates later', esm('x').replace('create: (', 'create: async ('), /^MPM_PLUGIN_INVALID: .*lacks detect/],
  [
    'throws in create',
    `export default { name: 'x', apiVersion: 1, instances: 'one', create() { const e = new Error('no socket'); e.code = 'MPM_X'; throw e; } };`,
    /^MPM_PLUGIN_IMPORT_FAILED: .*bad\.mjs cannot be loaded: no socket/,
  ],
  [
    'takes the name of a built-in',
    esm('supervised'),
    /^MPM_PLUGIN_DUPLICATE: Two plugins bring the style supervised: built in and file:.*bad\.mjs/,
  ],
] as const) {
  test(`a plugin that ${title} is one error that names it`, async (t) => {
    const folder = await project(t, { 'bad.mjs': text });
    t.regex(await failure(load(folder, './bad.mjs')), expected);
  });
}

test('a plugin that is nowhere is told with every name that was tried, and how to install it', async (t) => {
  const folder = await project(t, {});
  const error = await t.throwsAsync(load(folder, 'nowhere'), { code: 'MPM_PLUGIN_NOT_FOUND' });
  t.is(
    error?.message,
    `There is no plugin nowhere (looked for mpm-io-plugin-nowhere, nowhere from ${folder}).`,
  );
  t.like(error, { hint: 'Install it with: npm install mpm-io-plugin-nowhere' });
  t.regex(
    await failure(load(folder, './gone.js')),
    new RegExp(`looked for ${folder}/gone\\.js from ${folder}\\)`),
  );
});

test('two plugins of one name are an error that names both', async (t) => {
  const folder = await project(t, { 'a.mjs': esm('mine'), 'b.mjs': esm('mine') });
  t.regex(await failure(load(folder, './a.mjs', './b.mjs')), /DUPLICATE: .*a\.mjs and .*b\.mjs/);
});

const schema = `options: { '~standard': { version: 1, vendor: 't', validate: (v) =>
  typeof v.port === 'number' ? { value: v } : { issues: [{ message: 'must be a number', path: ['port'] }] } } },`;

test('options go through the schema, and are frozen', async (t) => {
  const folder = await project(t, { 'mine.mjs': esm('mine', schema) });
  const styles = await load(folder, ['./mine.mjs', { port: 1 }]);
  const { options } = styles.get('mine')?.style as unknown as { options: object };
  t.deepEqual(options, { port: 1 });
  t.true(Object.isFrozen(options));
  t.is(
    await failure(load(folder, ['./mine.mjs', { port: 'x' }])),
    'MPM_PLUGIN_OPTIONS_INVALID: The options of the plugin ./mine.mjs are wrong: port: must be a number.',
  );
  t.regex(await failure(load(folder, './mine.mjs')), /port: must be a number/);
});

test('a schema that throws is told as wrong options', async (t) => {
  const throwing = `options: { '~standard': { version: 1, vendor: 't', validate: () => { throw new Error('oops'); } } },`;
  const folder = await project(t, { 'mine.mjs': esm('mine', throwing) });
  t.regex(await failure(load(folder, './mine.mjs')), /OPTIONS_INVALID: .*mine\.mjs are wrong: oops/);
});

test('options for a plugin that takes none are refused', async (t) => {
  const folder = await project(t, { 'mine.mjs': esm('mine') });
  t.regex(await failure(load(folder, ['./mine.mjs', { a: 1 }])), /it takes no options/);
});

test('a built-in style is loaded when it is wanted or named, with the options that the file gives it', async (t) => {
  const wanted = await loadStyles([], builtins, (name) => name === 'supervised', createFakeHost());
  t.deepEqual([...wanted.keys()], ['supervised']);
  const styles = await load('/', ['http-managed', { places: ['/x'] }]);
  t.deepEqual([...styles.keys()], ['http-managed']);
  const { options } = styles.get('http-managed')?.style as unknown as { options: object };
  t.deepEqual(options, { places: ['/x'] });
});

test('a plugin finds mpm-io/plugin where mpm-io is not installed beside it', async (t) => {
  const folder = await project(t, {
    'mine.mjs': `import { definePlugin } from 'mpm-io/plugin';\nexport default definePlugin${body('mine')};\n`,
    'typed.ts': `import { definePlugin } from 'mpm-io/plugin';\nexport default definePlugin${body('typed')};\n`,
    'other.mjs': `import 'mpm-io-of-somebody-else';\n${esm('other')}`,
  });
  t.true((await load(folder, './mine.mjs')).has('mine'));
  t.true((await load(folder, './typed.ts')).has('typed'));
  await t.throwsAsync(load(folder, './other.mjs'), { code: 'MPM_PLUGIN_IMPORT_FAILED' });
});

test('several plugins that cannot be loaded are told at once, as the file lists them', async (t) => {
  const folder = await project(t, {
    'slow.mjs':
      'await new Promise((resolve) => setTimeout(resolve, 50));\nthrow new Error("slow to fail");\n',
    'good.mjs': esm('good'),
    'empty.mjs': '',
  });
  const told = await failure(load(folder, './slow.mjs', './good.mjs', './empty.mjs', './gone.mjs'));
  const lines = told.split('\n');
  t.regex(lines[0] ?? '', /^MPM_PLUGINS_FAILED: The plugin \.\/slow\.mjs cannot be loaded: slow to fail$/);
  t.regex(lines[1] ?? '', /empty\.mjs is not a management style/);
  t.regex(lines[2] ?? '', /There is no plugin \.\/gone\.mjs/);
  t.is(lines.length, 3);
});

test('what fails hides neither the others nor what is known of itself', async (t) => {
  const folder = await project(t, {
    'good.mjs': esm('good'),
    'options.mjs': esm('choosy', schema),
    'old.mjs': esm('old').replace('apiVersion: 1', 'apiVersion: 0'),
    'twin.mjs': esm('good'),
    'thrown.mjs': 'throw Object.create(null);',
  });
  const references = ['good', 'options', 'old', 'twin', 'thrown'].map((name, index) => ({
    specifier: `./${name}.mjs`,
    options: undefined,
    folder,
    path: `plugins[${index}]`,
    line: 1,
  }));
  const { styles, failures } = await tryStyles(references, builtins, () => true, createFakeHost());
  t.deepEqual([...styles.keys()], ['supervised', 'http-managed', 'good']);
  t.deepEqual(
    failures.map(({ error, place, name, rules }) => [error.code, place?.path, name, rules?.name ?? null]),
    [
      ['MPM_PLUGIN_OPTIONS_INVALID', 'plugins[1]', 'choosy', 'choosy'],
      ['MPM_PLUGIN_API_VERSION', 'plugins[2]', 'old', null],
      ['MPM_PLUGIN_DUPLICATE', 'plugins[3]', 'good', null],
      ['MPM_PLUGIN_IMPORT_FAILED', 'plugins[4]', null, null],
    ],
  );
});
