import { displayServer, serverKey } from '../../model/key.js';
import type { Server } from '../../model/server.js';
import { namespaceProblem, nameProblem } from '../names.js';
import { suggest } from '../../model/suggest.js';
import { needsSupervisor, type Notes } from '../notes.js';
import { absolute, type Place } from '../place.js';
import { appSchema, type AppOutput } from '../schema/app.js';
import { createPresentParser } from '../schema/parse-present.js';
import type { Reading } from '../reading.js';
import { neverWatched } from '../servers/policies.js';
import { healthPolicy } from '../servers/probes.js';
import { environmentOfApp } from './environment.js';
import { ignoredKeys, isQuiet, misplacedKeys } from './ignored.js';
import { countInstances } from './instances.js';
import { logsOfApp, restartOfApp, stopOfApp, supervisorKeysOfApp } from './policies.js';
import { nameOfApp, noProgram, programOfApp, type Told } from './program.js';
import { appKeys, spell, type Spelt } from './spelling.js';

type Path = readonly PropertyKey[];
type Raw = Readonly<Record<string, unknown>>;

const parseApp = createPresentParser(appSchema, {});

/** One app of pm2 as a server, with pm2's defaults; what cannot be honoured is told, key by key. */
export const readApp = (raw: Raw, at: Path, place: Place, notes: Notes): Reading => {
  const before = notes.mistakesSoFar();
  const spelt = spell(raw);
  const { data: app, mistakes, isLost } = parseApp(spelt.values);
  for (const { path, message, suggestion } of mistakes) {
    const [key, ...rest] = path;
    notes.problem([...at, asWritten(spelt, key), ...rest], message, suggestion);
  }
  const naming = ['name', 'name_prefix', 'append_env_to_name', ...(app.name === undefined ? ['script'] : [])];
  const isUnnamed = naming.some((each) => isLost(each));
  const name = isUnnamed ? null : nameOfApp(app, place.envName);
  if (name === null && !isUnnamed) notes.problem(at, 'has neither a `name` nor a `script`.');
  const key = name === null || isLost('namespace') ? null : serverKey(app.namespace, name);
  const shownName = displayServer(serverKey(app.namespace, name ?? ''));
  const told: Told = (spelling, verdict, how) => {
    const written = asWritten(spelt, spelling);
    notes.note({ path: [...at, written], key: String(written), server: shownName, verdict, how });
  };
  checkNames(app, name, spelt, at, notes);
  if (name === 'all')
    told(
      spelt.written.has('name') ? 'name' : 'script',
      'differs',
      `on the command line "all" means every server: this one is ${serverKey(app.namespace, name)} there`,
    );
  const isProgramKnown = !['script', 'interpreter', 'cwd'].some((part) => isLost(part));
  const server = assemble(app, name ?? '', spelt, at, place, notes, told, isProgramKnown);
  if (notes.mistakesSoFar() > before) return { key, server: null, judged: null };
  const supervisorOnly = supervisorKeysOfApp(app, server);
  for (const each of supervisorOnly) {
    const written = asWritten(spelt, each);
    notes.note({
      path: [...at, written],
      key: String(written),
      server: shownName,
      verdict: 'supervisor',
      how: needsSupervisor,
    });
  }
  reportIgnored(spelt, told, at, shownName, notes);
  for (const each of spelt.written.values()) notes.honoured(shownName, each);
  for (const { key: block } of spelt.environments.values()) notes.honoured(shownName, block);
  const named = supervisorOnly.map((each) => String(asWritten(spelt, each)));
  return { key, server: { ...server, supervisorOnly: named }, judged: server };
};

/** A key as the file spells it. */
const asWritten = (spelt: Spelt, key: PropertyKey | undefined): PropertyKey =>
  spelt.written.get(String(key)) ?? key ?? '';

const checkNames = (app: AppOutput, name: string | null, spelt: Spelt, at: Path, notes: Notes): void => {
  const nameIs = name === null ? null : nameProblem(name, 'apps');
  if (nameIs !== null)
    notes.problem([...at, spelt.written.has('name') ? 'name' : 'script'], `as a name ${nameIs}.`);
  const namespaceIs = namespaceProblem(app.namespace);
  if (namespaceIs !== null) notes.problem([...at, 'namespace'], `${namespaceIs}.`);
};

const assemble = (
  app: AppOutput,
  name: string,
  spelt: Spelt,
  at: Path,
  place: Place,
  notes: Notes,
  told: Told,
  isProgramKnown: boolean,
): Server => {
  const { folder, home } = place;
  const cwd = app.cwd === undefined ? folder : absolute(app.cwd, folder, home);
  const program = isProgramKnown
    ? programOfApp(app, cwd, place, told, (key, message) => {
        notes.problem([...at, asWritten(spelt, key)], message);
      })
    : noProgram;
  const { env, port } = environmentOfApp(
    app,
    spelt,
    at,
    place.envNameOf(serverKey(app.namespace, name)),
    notes,
    told,
  );
  const { instances, differs } = countInstances(
    app.instances,
    app.exec_mode,
    program.runsOn === 'node',
    place.cpus,
  );
  if (differs !== null) told(differs.key, 'differs', differs.how);
  const logs = logsOfApp(app, cwd, home);
  const pidFile = app.pid_file === undefined ? [] : [absolute(app.pid_file, cwd, home)];
  const own = [logs.out, logs.err, logs.combined, ...pidFile].flatMap((path) =>
    path === null || path === '/dev/null' ? [] : [path],
  );
  const watched = [app.watch ?? false].flat().filter((path) => path !== false);
  return {
    key: serverKey(app.namespace, name),
    namespace: app.namespace,
    name,
    style: 'supervised',
    type: 'service',
    block: 'apps',
    declaredIn: place.file,
    folder,
    command: program.command,
    script: program.script,
    cwd,
    env,
    envFiles: (app.env_file ?? []).map((path) => absolute(path, cwd, home)),
    filterEnv: typeof app.filter_env === 'string' ? [app.filter_env] : (app.filter_env ?? false),
    user: app.uid ?? null,
    umask: null,
    nice: null,
    instances,
    port: port === null ? null : { kind: 'fixed', port, spread: false },
    host: null,
    socket: null,
    stdin: false,
    dependsOn: [],
    waitFor: [],
    ready: {
      probe: app.wait_ready ? { kind: 'message' } : null,
      interval: 250,
      timeout: app.wait_ready ? app.listen_timeout : 30_000,
      probeTimeout: 2000,
      startPeriod: 0,
      anyOwner: false,
    },
    health: healthPolicy({ interval: 10_000, timeout: 2000, retries: 3, restart: 0 }, null),
    restart: restartOfApp(app),
    stop: stopOfApp(app),
    limits: { memory: app.max_memory_restart ?? null, nofile: null },
    logs,
    watch:
      watched.length === 0
        ? null
        : {
            paths: watched.map((path) => (path === true ? cwd : absolute(path, cwd, home))),
            ignore: [...new Set([...neverWatched, ...(app.ignore_watch ?? []), ...own])],
            delay: app.watch_delay ?? 0,
            extensions: [],
          },
    cron: typeof app.cron_restart === 'string' && app.cron_restart !== '0' ? app.cron_restart : null,
    pidFile,
    forks: false,
    reload: 'restart',
    autostart: app.autostart,
    options: {},
    supervisorOnly: [],
  };
};

const reportIgnored = (spelt: Spelt, told: Told, at: Path, server: string, notes: Notes): void => {
  for (const [key, why] of Object.entries(ignoredKeys))
    if (key in spelt.values && !isQuiet(key, spelt.values[key])) told(key, 'ignored', why);
  if ('env_file' in spelt.values) told('env_file', 'differs', 'the file is loaded; pm2 loads none');
  if ('ignore_watch' in spelt.values && (spelt.values['watch'] ?? false) !== false)
    told(
      'ignore_watch',
      'differs',
      'dotfiles, node_modules and its own logs are never watched; pm2 watches them then',
    );
  if ('listen_timeout' in spelt.values && !(spelt.values['wait_ready'] ?? false))
    told('listen_timeout', 'ignored', 'it has no effect without `wait_ready`');
  if (spelt.values['log_file'] === true) told('log_file', 'ignored', 'give the path of the file');
  for (const key of spelt.unknown) {
    const guess = suggest(key, appKeys);
    const why =
      (Object.hasOwn(misplacedKeys, key) ? misplacedKeys[key] : undefined) ??
      (guess === null ? 'pm2 has no such key' : `pm2 has no such key; did you mean "${guess}"?`);
    notes.note({ path: [...at, key], key, server, verdict: 'ignored', how: why });
  }
};
