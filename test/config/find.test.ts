import { chownSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { findEcosystem, searchPlaces } from '../../src/config/find.js';
import { folderWith, realFiles, uid } from './rig.js';

const find = async (cwd: string, home = '/nobody', user = uid) =>
  findEcosystem({ cwd, home, host: { files: realFiles() }, uid: user });

test('every place is found, whatever the file holds', async (t) => {
  for (const name of searchPlaces) {
    const folder = folderWith(t, {
      '.git/HEAD': '',
      [name]: name === 'package.json' ? '{"mpm-io": {}}' : '',
    });
    t.is(await find(folder), join(folder, name), name);
  }
});

test('the first place wins, and the nearest folder', async (t) => {
  const folder = folderWith(t, {
    '.git/HEAD': '',
    'ecosystem.json': '{}',
    'ecosystem.config.yaml': '',
    'a/mpm-io.config.json': '{}',
    'a/b/x': '',
  });
  t.is(await find(folder), join(folder, 'ecosystem.config.yaml'));
  t.is(await find(join(folder, 'a/b')), join(folder, 'a/mpm-io.config.json'));
});

test('nothing above a repository or the home is looked at', async (t) => {
  const folder = folderWith(t, {
    'ecosystem.json': '{}',
    'repo/.git/HEAD': '',
    'repo/src/x': '',
    'home/project/x': '',
  });
  t.is(await find(join(folder, 'repo/src')), null);
  t.is(await find(join(folder, 'home/project'), join(folder, 'home')), null);
  t.is(await find(join(folder, 'home/project'), '/nobody'), join(folder, 'ecosystem.json'));
});

test('a file in the folder of .git and in the home itself is found', async (t) => {
  const folder = folderWith(t, { 'repo/.git/HEAD': '', 'repo/ecosystem.yml': '', 'repo/a/x': '' });
  t.is(await find(join(folder, 'repo/a')), join(folder, 'repo/ecosystem.yml'));
  t.is(await find(join(folder, 'repo/a'), join(folder, 'repo')), join(folder, 'repo/ecosystem.yml'));
});

test('a package.json without the key, or a broken one, is passed by', async (t) => {
  const folder = folderWith(t, {
    '.git/HEAD': '',
    'ecosystem.yaml': '',
    'a/package.json': '{"name": "mpm-io"}',
    'b/package.json': '{"mpm-io": ',
  });
  t.is(await find(join(folder, 'a')), join(folder, 'ecosystem.yaml'));
  t.is(await find(join(folder, 'b')), join(folder, 'ecosystem.yaml'));
});

test('a folder named like an ecosystem file is none', async (t) => {
  const folder = folderWith(t, { '.git/HEAD': '' });
  mkdirSync(join(folder, 'ecosystem.json'));
  t.is(await find(folder), null);
});

test('with no candidate only a few stats are made', async (t) => {
  const folder = folderWith(t, { '.git/HEAD': '', 'a/b/x': '' });
  const files = realFiles();
  t.is(await findEcosystem({ cwd: join(folder, 'a/b'), home: '/nobody', host: { files }, uid }), null);
  t.true(files.asked.stat <= 3 * (searchPlaces.length + 1), String(files.asked.stat));
});

test("somebody else's program that was found is refused, with the command that names it", async (t) => {
  const folder = folderWith(t, { '.git/HEAD': '', 'ecosystem.config.js': 'throw 1' });
  if (uid !== 0) {
    await t.throwsAsync(find(folder, '/nobody', uid + 1), { code: 'MPM_CONFIG_FOREIGN_CODE' });
    return;
  }
  chownSync(join(folder, 'ecosystem.config.js'), 4242, 4242);
  const refused = await t.throwsAsync(find(folder), { code: 'MPM_CONFIG_FOREIGN_CODE' });
  t.true((refused as { hint?: string }).hint?.includes(`--config ${join(folder, 'ecosystem.config.js')}`));
  t.is(await find(folder, '/nobody', 4242), join(folder, 'ecosystem.config.js'), 'their own they may run');
  const linked = folderWith(t, { '.git/HEAD': '' });
  symlinkSync(join(folder, 'ecosystem.config.js'), join(linked, 'ecosystem.config.cjs'));
  await t.throwsAsync(find(linked), { code: 'MPM_CONFIG_FOREIGN_CODE' });
});
