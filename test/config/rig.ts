import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import type { Ecosystem, EcosystemDraft } from '../../src/config/ecosystem.js';
import { finishEcosystem, type StyleRules } from '../../src/config/finish.js';
import { readEcosystem } from '../../src/config/read.js';
import type { ReadRequest } from '../../src/config/read-request.js';
import type { FileStat } from '../../src/host/host.js';
import { isMpmError } from '../../src/model/errors/index.js';
import type { ConfigProblem } from '../../src/model/errors/config.js';
import type { Server } from '../../src/model/server.js';

export const configs = fileURLToPath(new URL('../../../test/fixtures/configs/', import.meta.url));

export const uid = process.getuid?.() ?? 0;

const kindOf = (stat: ReturnType<typeof lstatSync>): FileStat['kind'] => {
  if (stat?.isSymbolicLink() === true) return 'symlink';
  if (stat?.isDirectory() === true) return 'folder';
  return stat?.isFile() === true ? 'file' : 'other';
};

/** The real files, as far as a config asks for them; `asked` counts. */
export const realFiles = () => {
  const asked = { stat: 0 };
  return {
    asked,
    stat: (path: string): FileStat | null => {
      asked.stat += 1;
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined) return null;
      const { uid: owner, mode, size, mtimeMs, ino, dev } = stat;
      return { kind: kindOf(stat), uid: owner, mode, size, mtimeMs, inode: ino, device: dev };
    },
    readText: (path: string): string | null => {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return null;
      }
    },
  };
};

/** A folder of its own with these files, removed at the end. */
export const folderWith = (t: ExecutionContext, files: Readonly<Record<string, string>> = {}): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpm-io-config-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
};

export const requestFor = (file: string | null, more: Partial<ReadRequest> = {}): ReadRequest => ({
  file,
  named: true,
  envName: null,
  cpus: 4,
  host: { user: { uid, name: 'me', home: '/home/me' }, files: realFiles() },
  cwd: '/somewhere',
  node: '/opt/node',
  nodeVersion: '20.19.0',
  path: '/usr/bin:/bin',
  ...more,
});

export const readFixture = async (name: string, more: Partial<ReadRequest> = {}): Promise<EcosystemDraft> =>
  readEcosystem(requestFor(join(configs, name), more));

/** A value as a JSON file, read. */
export const readValue = async (
  t: ExecutionContext,
  value: unknown,
  more: Partial<ReadRequest> = {},
  beside: Readonly<Record<string, string>> = {},
): Promise<EcosystemDraft> => {
  const folder = folderWith(t, { ...beside, 'ecosystem.json': JSON.stringify(value, null, 2) });
  return readEcosystem(requestFor(join(folder, 'ecosystem.json'), more));
};

/** The one server of `servers`, with these keys beside a name. */
export const readServerWith = async (
  t: ExecutionContext,
  keys: Readonly<Record<string, unknown>>,
  more: Partial<ReadRequest> = {},
  beside: Readonly<Record<string, string>> = {},
): Promise<{ server: Server; draft: EcosystemDraft }> => {
  const draft = await readValue(t, { servers: [{ name: 'web', ...keys }] }, more, beside);
  t.deepEqual(draft.problems, []);
  return { server: onlyServer(draft), draft };
};

export const readAppWith = async (
  t: ExecutionContext,
  keys: Readonly<Record<string, unknown>>,
  more: Partial<ReadRequest> = {},
): Promise<{ server: Server; draft: EcosystemDraft }> => {
  const draft = await readValue(t, { apps: [{ name: 'app', script: 'a.js', ...keys }] }, more);
  t.deepEqual(draft.problems, []);
  return { server: onlyServer(draft), draft };
};

export const onlyServer = (draft: Pick<Ecosystem, 'servers'>): Server => {
  const [server] = draft.servers;
  if (server === undefined || draft.servers.length > 1)
    throw new Error(`${draft.servers.length} servers: ${JSON.stringify((draft as EcosystemDraft).problems)}`);
  return server;
};

export const styles: ReadonlyMap<string, StyleRules> = new Map([
  ['supervised', { instances: 'many' as const }],
  ['daemon-managed', { instances: 'one' as const }],
]);

/** What `finishEcosystem` throws; none: it threw nothing. */
export const problemsOf = async (
  draft: EcosystemDraft,
  rules: ReadonlyMap<string, StyleRules> = styles,
): Promise<readonly ConfigProblem[]> => {
  try {
    await finishEcosystem(draft, rules);
    return [];
  } catch (error) {
    if (!isMpmError(error) || error.code !== 'MPM_CONFIG_INVALID') throw error;
    return (error as unknown as { facts: { problems: readonly ConfigProblem[] } }).facts.problems;
  }
};
