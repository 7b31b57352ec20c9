import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { SpawnRequest, SpawnResult } from '../../src/host/host.js';
import { createHost } from '../../src/host/index.js';
import { endGroup, eventually, fixture, temporaryFolder } from './rig.js';

const host = createHost();

const start = async (
  t: ExecutionContext,
  argv: readonly string[],
  more: Partial<SpawnRequest> = {},
): Promise<SpawnResult> => {
  const env = { PATH: '/usr/bin:/bin' };
  const result = await host.spawnDetached({ argv, cwd: '/', env, outputs: [], input: null, ...more });
  if (result.kind === 'spawned') t.teardown(() => endGroup(result.pid));
  return result;
};

const pidOf = (result: SpawnResult): number => (result.kind === 'spawned' ? result.pid : -1);
const codeOf = (result: SpawnResult): string => (result.kind === 'failed' ? result.code : result.kind);
const textOf = (path: string): string => host.files.readText(path) ?? '';

test('it leads a session of its own, with nothing of ours open', async (t) => {
  const folder = temporaryFolder(t);
  const out = join(folder, 'new', 'out');
  const ours = openSync('/dev/null', 'r');
  t.teardown(() => closeSync(ours));
  const pid = pidOf(await start(t, ['sleep', '60'], { cwd: folder, outputs: [out, null] }));
  await eventually(t, () => host.processes.row(pid)?.comm === 'sleep');
  const row = host.processes.row(pid);
  t.is(row?.session, pid);
  t.is(row?.pgid, pid);
  const details = host.processes.details(pid);
  t.is(details?.cwd, folder);
  t.deepEqual(Object.keys(details?.environment ?? {}), ['PATH']);
  const links = [0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  t.deepEqual(links, ['/dev/null', out, '/dev/null']);
  t.false(host.files.list(`/proc/${pid}/fd`).includes(String(ours)));
  t.is(statSync(out).mode & 0o777, 0o600);
});

test('outputs are appended to, in the order of their numbers', async (t) => {
  const folder = temporaryFolder(t);
  const paths = ['out', 'err', 'three'].map((name) => join(folder, name));
  writeFileSync(paths[0] ?? '', 'before\n');
  writeFileSync(join(folder, 'in'), 'read\n');
  const line = 'cat; echo err >&2; echo three >&3';
  t.is(
    codeOf(await start(t, ['/bin/sh', '-c', line], { outputs: paths, input: join(folder, 'in') })),
    'spawned',
  );
  await eventually(t, () => textOf(paths[2] ?? '') !== '');
  t.deepEqual(paths.map(textOf), ['before\nread\n', 'err\n', 'three\n']);
});

test('two outputs on one file do not overwrite each other', async (t) => {
  const path = join(temporaryFolder(t), 'both');
  await start(t, ['/bin/sh', '-c', 'echo one; echo two >&2; echo three'], { outputs: [path, path] });
  await eventually(t, () => textOf(path).endsWith('three\n'));
  t.is(textOf(path), 'one\ntwo\nthree\n');
});

test('a missing folder is told apart from a missing program', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const missingCwd = await start(t, ['sleep', '1'], { cwd: join(folder, 'gone') });
  t.like(missingCwd, { kind: 'failed', code: 'ENOENT' });
  t.true(missingCwd.kind === 'failed' && missingCwd.text.includes(join(folder, 'gone')));
  t.is(codeOf(await start(t, ['sleep', '1'], { cwd: file })), 'ENOTDIR');
  const missingProgram = await start(t, ['no-such-program-here']);
  t.like(missingProgram, { kind: 'failed', code: 'ENOENT' });
  t.true(missingProgram.kind === 'failed' && missingProgram.text.includes('no-such-program-here'));
  t.is(codeOf(await start(t, [file])), 'EACCES');
  t.is(codeOf(await start(t, [])), 'EINVAL');
});

test('an output or input that cannot be opened fails the spawn', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'out'));
  t.is(codeOf(await start(t, ['sleep', '1'], { outputs: [join(folder, 'out')] })), 'EISDIR');
  t.is(codeOf(await start(t, ['sleep', '1'], { input: join(folder, 'none') })), 'ENOENT');
});

test('without free descriptors it fails and closes what it opened', (t) => {
  const script = `
    const { createHost } = await import(${JSON.stringify(new URL('../../src/host/index.js', import.meta.url))});
    const { openSync, closeSync } = await import('node:fs');
    const host = createHost();
    await import('node:child_process');
    const request = { argv: ['sleep', '60'], cwd: '/', env: {}, outputs: [], input: null };
    const open = [];
    try { for (;;) open.push(openSync('/dev/null')); } catch {}
    closeSync(open.pop());
    const { code } = await host.spawnDetached(request);
    openSync('/dev/null');
    console.log(code);`;
  const line = 'ulimit -n 64; exec "$1" --input-type=module -e "$2"';
  const { stdout } = spawnSync('/bin/sh', ['-c', line, 'sh', process.execPath, script], { encoding: 'utf8' });
  t.is(stdout, 'EMFILE\n');
});

test('what was spawned does not hold the one who spawned it', (t) => {
  const built = new URL('../../src/host/index.js', import.meta.url).href;
  const { status, stdout } = spawnSync(process.execPath, [fixture('spawns-and-waits.mjs'), built], {
    encoding: 'utf8',
    timeout: 10_000,
  });
  const result = JSON.parse(stdout) as SpawnResult;
  t.teardown(() => endGroup(pidOf(result)));
  t.is(status, 0);
  t.not(host.processes.identify(pidOf(result)), null, 'it lives on');
  t.is(readFileSync(`/proc/${pidOf(result)}/comm`, 'utf8'), 'sleep\n');
});
