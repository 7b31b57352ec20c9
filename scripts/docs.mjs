/**
 * Writes docs/errors.md and docs/commands.md from the catalogue of errors and the command table.
 * With --check it writes nothing and fails where a page is not current. Run it on a build.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandReference } from '../build/src/cli/arguments/reference.js';
import { globalOptions, table } from '../build/src/cli/table.js';
import { catalogue } from '../build/src/model/errors/index.js';
import { errorsPage } from './errors-page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = {
  'docs/errors.md': errorsPage(catalogue),
  'docs/commands.md': commandReference(table, globalOptions),
};

for (const [name, text] of Object.entries(pages)) {
  if (!process.argv.includes('--check')) writeFileSync(`${root}/${name}`, text);
  else if (readFileSync(`${root}/${name}`, 'utf8') !== text) {
    console.error(`${name} is not current: npm run docs`);
    process.exitCode = 1;
  }
}
