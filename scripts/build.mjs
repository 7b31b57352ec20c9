/** Builds everything: types and library by the compiler, then the command line bundled on top of its output. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}/build`, { recursive: true, force: true });
const compiled = spawnSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', root], {
  stdio: 'inherit',
});
process.exitCode = compiled.status ?? 1;

if (process.exitCode === 0) {
  await build({
    absWorkingDir: root,
    entryPoints: ['build/src/cli/bin.js'],
    outdir: 'build/cli',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    // CommonJS inside, or rarely needed: loaded from node_modules when they are.
    external: [
      'cosmiconfig',
      'execa',
      'import-meta-resolve',
      'jiti',
      'json5',
      'jsonc-parser',
      'tree-kill',
      'yaml',
      'yargs',
    ],
    // Third-party CommonJS inside an ES module bundle still asks for these.
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'warning',
  });
}
