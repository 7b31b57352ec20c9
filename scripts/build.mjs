/**
 * Builds everything: types and library by the compiler, then the command line bundled on top of its output.
 *
 * The bundle is CommonJS, in few files: each file costs, and so does the loader of ES modules, before the first line
 * of ours runs. Inside a file every module is run when it is first asked for, and takes only then the parts of Node
 * that it needs. What most commands never reach (libraries, the schema) lies in files of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** File of the bundle to the modules in it, each of which `import()` may ask for. */
const parts = {
  config: [`${root}build/src/config/read-file.js`, `${root}build/src/config/servers/server.js`],
  launcher: [`${root}build/src/units/launcher.js`],
  logs: [`${root}build/src/cli/commands/logs.js`],
  styles: [`${root}build/plugins/index.js`],
  cosmiconfig: ['cosmiconfig'],
  'jsonc-parser': ['jsonc-parser'],
  json5: ['json5'],
  yaml: ['yaml'],
};

/** Loaded from node_modules by the few commands that need them. */
const external = ['execa', 'import-meta-resolve', 'jiti', 'string-width', 'tree-kill', 'typescript', 'yargs'];

/** `import()` of what is not bundled, or of what only the user names: code that V8 kept has lost the way to it. */
const foreignImport = new RegExp(`(?<!\\.)\\bimport\\((?='(?:${external.join('|')})'|[a-z]\\w*[()])`, 'g');
const builtinImport = /\bimport\(('node:[\w/]+')\)/g;

/**
 * `import()` of a part becomes `require` at the same moment, and one of Node's own modules its plain object: the
 * loader of ES modules is for what users bring, and what is not bundled (`__import`, see bin/load.js).
 */
const requireParts = {
  name: 'require-parts',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return null;
      const wanted = path.startsWith('.') ? resolve(resolveDir, path) : path;
      const part = Object.keys(parts).find((name) => parts[name].includes(wanted));
      return part === undefined ? null : { path: `./${part}.cjs`, namespace: 'required' };
    });
    onResolve({ filter: /^part:/ }, ({ path }) => ({ path: path.slice(5), namespace: 'part' }));
    onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({ ...holding(parts[path]), resolveDir: root }));
    onLoad({ filter: /\/build\/(src|plugins)\/.*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll(builtinImport, 'Promise.resolve(process.getBuiltinModule($1))')
        .replaceAll(foreignImport, '__import('),
    }));
    onLoad({ filter: /./, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
      resolveDir: dirname(root),
    }));
    onResolve({ filter: /^\.\/.*\.cjs$/, namespace: 'required' }, ({ path }) => ({ path, external: true }));
  },
};

const holding = (modules) => ({
  contents: `Object.assign(exports, ${modules.map((module) => `require(${JSON.stringify(module)})`).join()});`,
});

const compile = () =>
  spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', root], { stdio: 'inherit' })
    .status ?? 1;

const bundle = () =>
  build({
    absWorkingDir: root,
    entryPoints: {
      main: 'build/src/cli/bin.js',
      ...Object.fromEntries(Object.keys(parts).map((name) => [name, `part:${name}`])),
    },
    outdir: 'build/cli',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    // What its `main` names cannot be bundled: it hides what it requires.
    alias: { 'jsonc-parser': './node_modules/jsonc-parser/lib/esm/main.js' },
    target: 'node20.19',
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    external,
    plugins: [requireParts],
    banner: { js: "'use strict';const __url=require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': '__url' },
    metafile: process.argv.includes('--sizes'),
    logLevel: 'warning',
  });

const tellSizes = ({ metafile }) => {
  for (const [file, { bytes, inputs }] of Object.entries(metafile.outputs)) {
    if (file.endsWith('.map')) continue;
    console.log(`${String(bytes).padStart(8)} ${file}`);
    const largest = Object.entries(inputs).toSorted(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput);
    for (const [input, { bytesInOutput }] of largest.slice(0, 12))
      console.log(`${String(bytesInOutput).padStart(16)} ${input}`);
  }
};

/** Runs the most frequent commands on two servers: V8's code of what they need is kept with the bundle. */
const keepCode = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mpm-io-build-'));
  const server = { command: ['sleep', '60'], port: { from: 20_000, to: 60_000 }, ready: { delay: 1 } };
  const servers = [
    { name: 'one', ...server },
    { name: 'two', ...server, style: 'http-managed' },
  ];
  writeFileSync(join(folder, 'ecosystem.json'), JSON.stringify({ servers }));
  const env = { ...process.env, MPM_IO_HOME: join(folder, 'home') };
  for (const command of [['start', 'all'], ['status'], ['stop', 'all', '--force']])
    spawnSync(process.execPath, [`${root}scripts/keep-code.cjs`, ...command], {
      cwd: folder,
      env,
      timeout: 60_000,
    });
  rmSync(folder, { recursive: true, force: true });
};

rmSync(`${root}build`, { recursive: true, force: true });
process.exitCode = compile();
if (process.exitCode === 0) {
  const built = await bundle();
  if (built.metafile) tellSizes(built);
  keepCode();
}
