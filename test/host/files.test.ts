import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'ava';
import { createHost } from '../../src/host/index.js';
import { temporaryFolder } from './rig.js';

const { files } = createHost();
const asRoot = process.getuid?.() === 0 ? test : test.skip;

const whyOf = (path: string, maxBytes = 100): string => {
  const read = files.readPlain(path, maxBytes);
  return read.kind === 'refused' ? read.why : read.kind;
};

test('a plain file is read with its owner and mode', (t) => {
  const path = join(temporaryFolder(t), 'pid');
  writeFileSync(path, 'ü42\0\n', { mode: 0o640 });
  const { uid, mtimeMs } = statSync(path);
  t.deepEqual(files.readPlain(path, 6), { kind: 'text', text: 'ü42\0\n', uid, mode: 0o640, mtimeMs });
});

test('what is no plain file is told apart and never waited for', async (t) => {
  const folder = temporaryFolder(t);
  const path = (name: string): string => join(folder, name);
  writeFileSync(path('file'), 'x');
  symlinkSync(path('file'), path('link'));
  symlinkSync(path('nothing'), path('dangling'));
  spawnSync('mkfifo', [path('fifo')]);
  const server = createServer().listen(path('socket'));
  await once(server, 'listening');
  t.teardown(() => server.close());
  t.is(whyOf(path('link')), 'symlink');
  t.is(whyOf(path('dangling')), 'symlink');
  t.is(whyOf(path('fifo')), 'not-a-file');
  t.is(whyOf(path('socket')), 'not-a-file');
  t.is(whyOf(folder), 'not-a-file');
  t.is(whyOf('/dev/zero'), 'not-a-file');
  t.is(whyOf(path('nothing')), 'missing');
  t.is(whyOf(path('file/below')), 'missing');
  t.is(whyOf(`${folder}/\0`), 'unreadable');
  for (const name of ['file', 'link', 'fifo', 'socket'] as const) {
    t.is(files.stat(path(name))?.kind, name === 'link' ? 'symlink' : name);
  }
  t.is(files.stat(folder)?.kind, 'folder');
  t.is(files.stat('/dev/zero')?.kind, 'other');
  t.is(files.stat(path('nothing')), null);
});

test('a file is read up to its bound, whatever it says of its size', (t) => {
  const path = join(temporaryFolder(t), 'huge');
  writeFileSync(path, '');
  truncateSync(path, 2 ** 33);
  t.is(whyOf(path), 'too-large');
  t.is(whyOf('/proc/self/status', 10), 'too-large');
  t.is(whyOf('/proc/self/status', 100_000), 'text');
  writeFileSync(path, '1234567890');
  t.is(whyOf(path, 10), 'text');
  t.is(whyOf(path, 9), 'too-large');
});

test('an atomic write replaces the file and not what a link leads to', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a', 'b', 'file');
  files.writeAtomic(path, 'one');
  t.is(statSync(path).mode & 0o777, 0o600);
  t.is(statSync(join(folder, 'a')).mode & 0o777, 0o700);
  files.writeAtomic(path, 'two', 0o666);
  t.is(readFileSync(path, 'utf8'), 'two');
  t.is(statSync(path).mode & 0o777, 0o666, 'no umask');
  symlinkSync(path, join(folder, 'link'));
  files.writeAtomic(join(folder, 'link'), 'three');
  t.is(readFileSync(path, 'utf8'), 'two');
  t.is(files.stat(join(folder, 'link'))?.kind, 'file');
});

test('a failed write throws what Node says and leaves nothing behind', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'taken'));
  t.throws(() => files.writeAtomic(join(folder, 'taken'), 'x'), { code: 'EISDIR' });
  t.deepEqual(readdirSync(folder), ['taken']);
  t.throws(() => files.writeAtomic('/proc/nothing/file', 'x'), { code: 'ENOENT' });
});

test('a full disk is ENOSPC, and the old text stays', (t) => {
  const script = `
    const { createHost } = await import(${JSON.stringify(new URL('../../src/host/index.js', import.meta.url))});
    const { files } = createHost();
    const [folder] = process.argv.slice(1);
    files.writeAtomic(folder + '/file', 'old');
    try { files.writeAtomic(folder + '/file', 'x'.repeat(1e6)); } catch (error) { console.log(error.code); }
    console.log(files.readText(folder + '/file'), files.list(folder).join());`;
  const folder = temporaryFolder(t);
  const line = `mount -t tmpfs -o size=64k none "$1" && exec "$2" --input-type=module -e "$3" "$1"`;
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['--mount', '--map-root-user', '/bin/sh', '-c', line, 'sh', folder, process.execPath, script],
    { encoding: 'utf8' },
  );
  if (status === 0) t.is(stdout, 'ENOSPC\nold file\n');
  else t.log(`No private mounts here: ${stderr}`);
  t.is(files.list(folder).length, 0);
});

test('removing, reading and listing what is not there are values', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'file');
  t.false(files.remove(path));
  t.is(files.readText(path), null);
  t.deepEqual(files.list(path), []);
  files.makeFolder(join(folder, 'x', 'y'));
  t.is(statSync(join(folder, 'x', 'y')).mode & 0o777, 0o700);
  files.makeFolder(join(folder, 'x', 'y'));
  writeFileSync(path, 'text');
  symlinkSync(path, join(folder, 'link'));
  t.is(files.readText(join(folder, 'link')), 'text');
  t.deepEqual(files.list(folder), ['file', 'link', 'x']);
  t.true(files.remove(join(folder, 'link')));
  t.true(files.remove(path));
  t.throws(() => files.remove(join(folder, 'x')));
});

test('a folder that others can write to, and those above', (t) => {
  const folder = temporaryFolder(t);
  const below = join(folder, 'below');
  mkdirSync(below, { mode: 0o700 });
  const file = join(below, 'pid');
  t.false(files.writableByOthers(file), 'sticky /tmp above keeps what is ours');
  t.true(files.writableByOthers('/tmp/pid'), 'sticky /tmp itself takes anybody’s file');
  for (const [path, mode] of [
    [below, 0o770],
    [below, 0o707],
    [below, 0o1777],
    [folder, 0o777],
  ] as const) {
    chmodSync(path, mode);
    t.true(files.writableByOthers(file), `${path} ${mode.toString(8)}`);
    chmodSync(path, 0o700);
  }
  t.false(files.writableByOthers(join(below, 'missing', 'pid')));
});

test('links on the way are looked at on both sides', (t) => {
  const folder = temporaryFolder(t);
  for (const name of ['open', 'own']) mkdirSync(join(folder, name), { mode: 0o700 });
  symlinkSync(join(folder, 'open'), join(folder, 'own', 'to-open'));
  symlinkSync(join(folder, 'own'), join(folder, 'open', 'to-own'));
  chmodSync(join(folder, 'open'), 0o777);
  t.true(files.writableByOthers(join(folder, 'own', 'to-open', 'pid')));
  t.true(files.writableByOthers(join(folder, 'open', 'to-own', 'pid')));
  t.false(files.writableByOthers(join(folder, 'own', 'pid')));
});

asRoot('a folder of another user is writable by others for a file of ours', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'pid'), '1');
  spawnSync('chown', ['65534', folder]);
  t.true(files.writableByOthers(join(folder, 'pid')));
  spawnSync('chown', ['65534', join(folder, 'pid')]);
  t.false(files.writableByOthers(join(folder, 'pid')), 'its owner is no other');
});
