import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import test from 'ava';
import { treatments } from '../../plugins/daemon-managed/treatment.js';
import { dialectNames } from '../../plugins/http-managed/dialects.js';
import * as pluginApi from '../../src/plugin/index.js';
import type { Plugin } from '../../src/plugin/index.js';
import * as testingApi from '../../src/testing/index.js';
import { conformanceCases, type ConformanceFixture } from '../../src/testing/index.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(root, 'docs/plugins.md'), 'utf8');

// Inside the package, so that the page's `mpm-io/plugin` is this one, as it is for whoever installed it.
mkdirSync(join(root, 'build'), { recursive: true });
const folder = mkdtempSync(join(root, 'build', 'docs-example-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const extract = async <T>(name: string): Promise<T> => {
  const block = page.split('```js\n').find((text) => text.startsWith(`// ${name}\n`));
  const file = join(folder, name);
  writeFileSync(
    file,
    block?.slice(0, block.indexOf('```')) ?? 'throw new Error("the page has no such block")',
  );
  return (await import(pathToFileURL(file).href)) as T;
};

const { default: plugin } = await extract<{ default: Plugin }>('screen-managed.js');
const { fixture } = await extract<{ fixture: ConformanceFixture }>('screen-managed.fixture.js');

for (const { name, run } of conformanceCases(plugin, fixture)) {
  test(`the example of docs/plugins.md: ${name}`, async (t) => {
    await t.notThrowsAsync(run);
  });
}

test('the page names every function that the public modules export, and every hook', (t) => {
  const hooks = ['detect', 'start', 'stop', 'info', 'recognize', 'discover', 'unit'];
  const skip = ['apiVersion', 'recordedUnit', 'withRecord', 'createFakeHost'];
  for (const name of [...Object.keys(pluginApi), ...Object.keys(testingApi), ...hooks])
    if (!skip.includes(name)) t.true(page.includes(`\`${name}`) || page.includes(`${name}(`), name);
});

test('the page names every dialect and every verdict on a PID file', (t) => {
  for (const word of [...dialectNames, ...Object.keys(treatments)])
    t.true(page.includes(`\`${word}\``), word);
});
