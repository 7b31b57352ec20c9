/**
 * Writes `ecosystem.schema.json` and `docs/ecosystem-file.md` from the one schema in src/config/schema.
 * With --check it writes nothing and fails where a file is not current. Run it on a build: `npx tsc -p .` first.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { fileSchema } from '../build/src/config/schema/file.js';
import { referenceOf } from './reference.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const schemaOf = (reused) => ({
  $id: 'https://unpkg.com/mpm-io/ecosystem.schema.json',
  ...z.toJSONSchema(fileSchema, { io: 'input', reused }),
});
const files = {
  'ecosystem.schema.json': `${JSON.stringify(schemaOf('ref'), null, 2)}\n`,
  'docs/ecosystem-file.md': referenceOf(schemaOf('inline')),
};

for (const [name, text] of Object.entries(files)) {
  if (process.argv.includes('--check')) {
    if (readOr(`${root}/${name}`) === text) continue;
    console.error(`${name} is not current: node scripts/schema.mjs`);
    process.exitCode = 1;
    continue;
  }
  mkdirSync(`${root}/docs`, { recursive: true });
  writeFileSync(`${root}/${name}`, text);
}

function readOr(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
