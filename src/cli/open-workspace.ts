import { cpus } from 'node:os';
import { dirname, resolve } from 'node:path';
import { createHost } from '../host/index.js';
import type { Ecosystem } from '../config/ecosystem.js';
import { findEcosystem } from '../config/find.js';
import type { Host } from '../host/host.js';
import { serverOfInstance, type ServerKey } from '../model/key.js';
import { createSay } from '../engine/say.js';
import type { Workspace } from '../engine/workspace.js';
import { loadStyles, tryStyles, type Styles } from '../plugin/load.js';
import { openHome, type Home } from '../units/home.js';
import { sanitise } from '../model/text.js';
import { createRecordReader, type RecordReader } from '../units/record-reader.js';
import type { Records } from '../units/records.js';
import { viewUnits } from '../units/views.js';
import type { LauncherOptions } from '../units/keeper.js';
import { checkFilters } from './check-filters.js';
import type { Io } from './io.js';
import type { Invocation } from './invocation.js';
import { programName } from './program-name.js';

export type OpenedWorkspace = {
  readonly workspace: Workspace;
  readonly homeFolder: Home;
  /** The words that name servers: without one that was an ecosystem file. */
  readonly words: readonly string[];
};

/** Opens what every command on servers needs: the machine, the home, the file, the styles. Each part is paid for only when it is used. */
export const openWorkspace = async (invocation: Invocation): Promise<OpenedWorkspace> => {
  const { io, options, positionals } = invocation;
  const host = createHost({ env: io.env, hold: io.hold });
  const homeFolder = openHome({ env: io.env, user: host.user, host });
  homeFolder.check();
  const readRecords = createRecordReader(host, homeFolder);
  const explicit = options.text('config');
  const found = explicit === null ? await findFile(host, io) : resolve(io.cwd, explicit);
  const empty = found === null && readRecords.all().records.length === 0;
  const load = (path: string | null, isNamed: boolean): Promise<Loaded> =>
    path !== null && options.flag('recorded')
      ? recordedEcosystem(path, host)
      : loadEcosystem(path, isNamed, invocation, host, readRecords);
  let loaded = empty
    ? await emptyEcosystem(io, host, needsStyles(invocation))
    : await load(found, explicit !== null);
  let named = explicit;
  const file = explicit === null ? fileAmong(positionals, loaded.ecosystem, io, host) : null;
  if (file !== null) {
    loaded = await load(resolve(io.cwd, file), true);
    named = file;
  }
  if (!empty || file !== null || needsStyles(invocation)) checkFilters(options, loaded, readRecords.all());
  const words = positionals.filter((word) => word !== file);
  const workspace: Workspace = {
    host,
    home: homeFolder.path,
    ...loaded,
    units: lazyLauncher({ host, home: homeFolder }),
    readUnits: (processes) => {
      const records = readRecords.all();
      tellProblems(invocation, records.problems);
      return records.records.length === 0 ? new Map() : viewUnits(host, homeFolder, records, processes());
    },
    say: lazySay(invocation, named),
    environment: definedOnly(io.env),
    signal: io.signal,
  };
  return { workspace, homeFolder, words: file !== null && words.length === 0 ? ['all'] : words };
};

const toldProblems = new WeakSet<Invocation>();

/** A record that cannot be read loses no server, and is told once. */
const tellProblems = (invocation: Invocation, problems: Records['problems']): void => {
  const { io, options } = invocation;
  if (problems.length === 0 || options.flag('json') || toldProblems.has(invocation)) return;
  toldProblems.add(invocation);
  for (const { path, kind, text } of problems)
    io.stderr.write(`Warning: the record ${sanitise(path)} is ${kind}: ${sanitise(text)}\n`);
};

/** A word that names an ecosystem file, and no server. */
const fileAmong = (words: readonly string[], { servers }: Ecosystem, io: Io, host: Host): string | null =>
  words.find(
    (word) =>
      /(\.config\.[^/]+|\.jsonc?|\.ya?ml)$/.test(word) &&
      !servers.some(({ name }) => name === word) &&
      host.files.stat(resolve(io.cwd, word)) !== null,
  ) ?? null;

const findFile = (host: Host, io: Io): Promise<string | null> =>
  findEcosystem({ cwd: io.cwd, home: host.user.home, host, uid: host.user.uid });

/** A port or PID that nobody declared is still shown to every style. */
const needsStyles = ({ options }: Invocation): boolean =>
  options.number('port') !== null || options.number('pid') !== null || options.flag('discover');

type Loaded = { readonly ecosystem: Ecosystem; readonly styles: Styles };

const emptyEcosystem = async (io: Io, host: Host, withStyles: boolean): Promise<Loaded> => ({
  ecosystem: { file: null, folder: io.cwd, servers: [], plugins: [], warnings: [], keys: [] },
  styles: withStyles ? await loadStyles([], await builtins(), () => true, host) : new Map(),
});

/** Of a file that is not read: what was recorded from it is all there is. */
const recordedEcosystem = async (file: string, host: Host): Promise<Loaded> => ({
  ecosystem: { file, folder: dirname(file), servers: [], plugins: [], warnings: [], keys: [] },
  styles: await loadStyles([], await builtins(), () => true, host),
});

const loadEcosystem = async (
  file: string | null,
  named: boolean,
  { io, options }: Invocation,
  host: Host,
  readRecords: RecordReader,
): Promise<Loaded> => {
  const [{ readEcosystem }, { finishEcosystem }] = await Promise.all([
    import('../config/read.js'),
    import('../config/finish.js'),
  ]);
  const draft = await readEcosystem({
    file,
    named,
    envName: options.text('env'),
    recordedEnv: recordedEnvOf(file, readRecords),
    cwd: io.cwd,
    cpus: cpus().length,
    node: process.execPath,
    nodeVersion: process.versions.node,
    path: io.env['PATH'] ?? '',
    host,
  });
  const { styles, failures } = await tryStyles(draft.plugins, await builtins(), () => true, host);
  const rules = new Map([...styles].map(([name, { plugin }]) => [name, plugin]));
  return { ecosystem: await finishEcosystem(draft, rules, failures), styles };
};

/** Most commands only look: what starts and stops is loaded by the first that does. */
const lazyLauncher = (options: LauncherOptions): Workspace['units'] => {
  let launcher: Promise<Workspace['units']> | undefined;
  const load = (): Promise<Workspace['units']> =>
    (launcher ??= import('../units/launcher.js').then(({ createLauncher }) => createLauncher(options)));
  return {
    start: async (spec, startOptions) => (await load()).start(spec, startOptions),
    check: async (spec, startOptions) => (await (await load()).check?.(spec, startOptions)) ?? null,
    confirmReady: async (key, confirmOptions) =>
      (await (await load()).confirmReady?.(key, confirmOptions)) ?? false,
    stop: async (key, stopOptions) => (await load()).stop(key, stopOptions),
    remove: async (key, removeOptions) => (await load()).remove(key, removeOptions),
  };
};

/** The environment that a server of this file was last started with; the records are read once for all of them. */
const recordedEnvOf = (
  file: string | null,
  readRecords: RecordReader,
): ((server: ServerKey) => string | null) => {
  let known: ReadonlyMap<ServerKey, string | null> | undefined;
  return (server) => {
    known ??= new Map(
      readRecords
        .all()
        .records.filter(({ spec }) => spec.declaredIn === file)
        .toReversed()
        .map(({ spec, envName }) => [serverOfInstance(spec.key), envName]),
    );
    return known.get(server) ?? null;
  };
};

const builtins = async (): Promise<Parameters<typeof loadStyles>[1]> =>
  (await import('../../plugins/index.js')).builtinStyles;

/** The program's name is looked up on the path: only when there is something to say. */
const lazySay = ({ io }: Invocation, explicit: string | null): Workspace['say'] => {
  let say: Workspace['say'] | undefined;
  return (...words) =>
    (say ??= createSay(programName(io), explicit === null ? [] : ['--config', explicit]))(...words);
};

const definedOnly = (env: Io['env']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined));
