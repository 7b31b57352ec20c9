import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { catalogue } from '../src/model/errors/index.js';
import { version } from '../src/model/version.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Which floor a folder of src stands on. The SDK stands apart: it may import itself only. */
const floors: Readonly<Record<string, number>> = {
  model: 0,
  host: 1,
  config: 1,
  plugin: 2,
  units: 2,
  logs: 2,
  engine: 3,
  testing: 3,
  cli: 4,
};

/** Crossings that are meant, each with its reason. */
const allowed: readonly (readonly [from: string, to: string])[] = [
  // A style's schema is checked where the file is read; only its type crosses, and the contract imports nothing of the config.
  ['config', 'plugin'],
];

const sources = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));

const importsOf = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, specifier]) => specifier ?? '',
  );

const resolved = (file: string): readonly string[] =>
  importsOf(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(root, join(root, dirname(file), specifier)).replace(/\.js$/, '.ts'));

const roomOf = (file: string): string => file.split('/')[1] ?? '';

test('a file imports from its own floor and below', (t) => {
  for (const file of sources('src')) {
    const room = roomOf(file);
    const floor = floors[room];
    for (const target of resolved(file)) {
      const other = roomOf(target);
      if (room === 'sdk' || other === 'sdk') t.is(room, other, `${file} imports ${target}`);
      if (floor === undefined || !target.startsWith('src/')) continue;
      if (allowed.some(([from, to]) => from === room && to === other)) continue;
      t.true((floors[other] ?? 99) <= floor, `${file} (floor ${floor}) imports ${target}`);
    }
  }
});

test('plugins import only public names and their own files', (t) => {
  for (const file of sources('plugins'))
    for (const target of resolved(file)) t.true(target.startsWith('plugins/'), `${file} imports ${target}`);
});

test('no file imports itself by way of others', (t) => {
  const graph = new Map([...sources('src'), ...sources('plugins')].map((file) => [file, resolved(file)]));
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) t.fail([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file) || path.includes(file)) return;
    for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  t.pass();
});

test('files stay under 300 lines', (t) => {
  for (const file of [...sources('src'), ...sources('plugins')])
    t.true(readFileSync(join(root, file), 'utf8').split('\n').length <= 301, file);
});

/** The end of a server, and of a command that a config or plugin would keep alive. */
const ends = ['src/sdk/ending.ts', 'src/cli/bin.ts'];

test("nothing but bin and the SDK's end of a server ends the process, and nothing prints by itself", (t) => {
  for (const file of [...sources('src'), ...sources('plugins')]) {
    const text = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|`[^`]*`/g, '');
    if (!ends.includes(file)) t.notRegex(text, /process\.exit\(/, file);
    t.notRegex(text, /console\./, file);
  }
});

test("the version is the package's", (t) => {
  const { version: declared } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  t.is(version, declared);
});

test('every error has its heading in docs/errors.md, and every heading its error', (t) => {
  const headings = [...readFileSync(join(root, 'docs/errors.md'), 'utf8').matchAll(/^## MPM_(\w+)$/gm)].map(
    ([, key]) => key ?? '',
  );
  t.deepEqual(headings.toSorted(), Object.keys(catalogue).toSorted());
});

test('links between the pages lead somewhere', (t) => {
  const pages = [
    'README.md',
    'CHANGELOG.md',
    ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
  ];
  for (const page of pages.filter((name) => name.endsWith('.md'))) {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g))
      t.notThrows(() => readFileSync(join(root, dirname(page), target)), `${page} links to ${target}`);
  }
});
