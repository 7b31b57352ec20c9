import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Script } from 'node:vm';
import test from 'ava';
import { observe } from '../src/engine/observe.js';
import { instancesOf } from '../src/engine/instances.js';
import { takeLook } from '../src/engine/look.js';
import { createHost } from '../src/host/index.js';
import type { Host } from '../src/host/host.js';
import { defaultNamespace, serverKey } from '../src/model/key.js';
import type { Server } from '../src/model/server.js';
import { observeStranger } from '../src/engine/foreign-instance.js';
import { loadStyles } from '../src/plugin/load.js';
import { builtinStyles } from '../plugins/index.js';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../../bin/mpm-io.js', import.meta.url));

/** What a command loads, told at its end: the modules of Node's loader, and the files of the bundle that it read. */
const loadedBy = async (cwd: string, ...words: string[]): Promise<readonly string[]> => {
  const spy = join(cwd, 'spy.cjs');
  writeFileSync(
    spy,
    `const fs = require('node:fs');
const { readFileSync } = fs;
const bundled = [];
fs.readFileSync = (path, ...rest) => {
  if (String(path).endsWith('.cjs')) bundled.push(path);
  return readFileSync(path, ...rest);
};
process.on('exit', () =>
  fs.writeFileSync(${JSON.stringify(join(cwd, 'loaded.json'))}, JSON.stringify([...new Set([...Object.keys(require.cache), ...bundled])])),
);`,
  );
  await run(process.execPath, ['--require', spy, program, ...words], {
    cwd,
    env: { ...process.env, MPM_IO_HOME: join(cwd, 'home') },
  });
  const files = JSON.parse(readFileSync(join(cwd, 'loaded.json'), 'utf8')) as readonly string[];
  return files.filter((file) => file !== spy);
};

const folder = (t: { teardown: (work: () => void) => void }): string => {
  const path = mkdtempSync(join(tmpdir(), 'mpm-io-startup-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

const names = (files: readonly string[]): readonly string[] =>
  files.map((file) => file.split('/').slice(-2).join('/')).toSorted();

test('--version loads nothing but its number', async (t) => {
  const files = await loadedBy(folder(t), '--version');
  t.deepEqual(
    files.filter((file) => !file.endsWith('/package.json')).map((file) => basename(file)),
    ['mpm-io.js'],
  );
});

test('status without a file loads one file of ours, and no library', async (t) => {
  t.deepEqual(names(await loadedBy(folder(t), 'status')), ['bin/load.js', 'bin/mpm-io.js', 'cli/main.cjs']);
});

test('status with a file loads the reader of files and the styles, and nothing that starts', async (t) => {
  const cwd = folder(t);
  writeFileSync(join(cwd, 'ecosystem.json'), JSON.stringify({ servers: [] }));
  const files = names(await loadedBy(cwd, 'status'));
  t.true(files.includes('cli/config.cjs'));
  t.true(files.includes('cli/cosmiconfig.cjs'));
  t.deepEqual(
    files.filter((file) => /yargs|execa|launcher|logs|yaml|jiti/.test(file)),
    [],
  );
});

const declared = (index: number, style: string): Server => {
  const name = `s${index}`;
  const { instance } = observeStranger({ pid: 2, start: 1, boot: '' }, name, []);
  return {
    ...instance.server,
    style,
    key: serverKey(defaultNamespace, name),
    port: { kind: 'fixed', port: 1 + index, spread: false },
  };
};

/** A real host that counts what is asked of the whole machine. */
const counting = (): { readonly host: Host; readonly counts: { tables: number; sockets: number } } => {
  const real = createHost();
  const counts = { tables: 0, sockets: 0 };
  const host: Host = {
    ...real,
    processes: {
      ...real.processes,
      table: () => {
        counts.tables += 1;
        return real.processes.table();
      },
    },
    sockets: {
      ...real.sockets,
      listeners: () => {
        counts.sockets += 1;
        return real.sockets.listeners();
      },
    },
  };
  return { host, counts };
};

for (const style of ['supervised', 'http-managed', 'daemon-managed']) {
  test(`${style}: one pass over the processes and one over the sockets, however many servers`, async (t) => {
    const { host, counts } = counting();
    const { signal } = new AbortController();
    const styles = await loadStyles([], builtinStyles, () => true, host);
    const look = takeLook(host, '/nonexistent', () => new Map(), signal);
    const servers = Array.from({ length: 100 }, (_value, index) => declared(index, style));
    const selected = instancesOf(servers, '/ecosystem.json', look.units);
    const { observations } = await observe(selected, {
      host,
      styles,
      look,
      signal,
      discover: false,
      recognise: true,
    });
    t.is(observations.length, 100);
    t.true(counts.tables <= 1, `${counts.tables} passes over the processes`);
    t.is(counts.sockets, 1);
  });
}

test('the code that V8 kept at the build is there and is taken; without it a command runs all the same', async (t) => {
  const cwd = folder(t);
  const bundle = join(dirname(program), '../build/cli/');
  const { load } = createRequire(import.meta.url)(join(dirname(program), 'load.js')) as {
    load(folder: string, name: string, told: (name: string, script: Script) => void): unknown;
  };
  const copy = `${cwd}/`;
  writeFileSync(join(cwd, 'part.cjs'), 'module.exports = { answer: 42 };');
  writeFileSync(join(cwd, 'main.cjs'), 'module.exports = [require("./part.cjs"), require("node:path").sep];');
  const told: string[] = [];
  const exported = load(copy, 'main.cjs', (name, script) => {
    told.push(name);
    t.is(script.cachedDataRejected, undefined);
    writeFileSync(join(cwd, `${name}.code`), script.createCachedData());
  });
  t.deepEqual(exported, [{ answer: 42 }, '/']);
  t.deepEqual(told, ['main.cjs', 'part.cjs']);
  load(copy, 'main.cjs', (_name, script) => t.is(script.cachedDataRejected, false));
  for (const name of ['main', 'config', 'launcher', 'styles'])
    t.true(existsSync(join(bundle, `${name}.cjs.code`)), name);
});
