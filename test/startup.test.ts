import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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

/** What a command loads, told by Node itself at its end. */
const loadedBy = async (cwd: string, ...words: string[]): Promise<readonly string[]> => {
  const spy = join(cwd, 'spy.cjs');
  writeFileSync(
    spy,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(join(cwd, 'loaded.json'))}, JSON.stringify(Object.keys(require.cache))));`,
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
  t.deepEqual(names(await loadedBy(folder(t), 'status')), ['bin/mpm-io.js', 'cli/main.cjs']);
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
