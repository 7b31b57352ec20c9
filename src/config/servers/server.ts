import { displayServer, serverKey } from '../../model/key.js';
import type { Server } from '../../model/server.js';
import { withWords, wordsOf } from '../command/words.js';
import { commandOfScript } from '../command/script.js';
import { namespaceProblem, nameProblem } from '../names.js';
import { needsSupervisor, type Notes } from '../notes.js';
import { absolute, type Place } from '../place.js';
import { explain } from '../schema/explain.js';
import { createPresentParser } from '../schema/parse-present.js';
import { serverSchema, type ServerOutput } from '../schema/server.js';
import { environment } from '../schema/values.js';
import { checkServer } from './check.js';
import { logPolicy, portSpec, restartPolicy, stopPolicy, watchPolicy } from './policies.js';
import { healthPolicy, probeOf, readyPolicy, waitForProbes } from './probes.js';
import { supervisorKeys } from './supervisor-keys.js';

type Path = readonly PropertyKey[];
type Raw = Readonly<Record<string, unknown>>;

export const serverKeys: readonly string[] = Object.keys(serverSchema.shape);

const parseServer = createPresentParser(serverSchema, { name: 'server' });

/** One element of `servers`. Its style's own keys stay in `options` as they are; `dependsOn` still holds names. */
export const readServer = (
  raw: Readonly<Record<string, unknown>>,
  at: Path,
  place: Place,
  notes: Notes,
): Server | null => {
  const before = notes.mistakesSoFar();
  const parsed = parseServer(raw);
  if (!parsed.success) {
    notes.mistakes(at, explain(serverSchema, raw, parsed.issues));
    environmentBlocks(raw, at, notes);
    checkNames({ name: raw['name'], namespace: raw['namespace'] }, at, notes);
    return null;
  }
  const output = parsed.data;
  const blocks = environmentBlocks(raw, at, notes);
  const env = {
    ...output.env,
    ...chosenEnv(output, blocks, place.envNameOf(serverKey(output.namespace, output.name))),
  };
  checkNames(output, at, notes);
  checkServer(output, env, at, notes);
  const server = assemble(output, env, optionsIn(raw), at, place, notes);
  if (notes.mistakesSoFar() > before) return null;
  const supervisorOnly = supervisorKeys(server, raw);
  report(server, raw, supervisorOnly, at, notes);
  return { ...server, supervisorOnly };
};

type Blocks = ReadonlyMap<string, Readonly<Record<string, string>>>;

const checkNames = (
  { name, namespace }: Readonly<Record<'name' | 'namespace', unknown>>,
  at: Path,
  notes: Notes,
): void => {
  const nameIs = typeof name === 'string' ? nameProblem(name, 'servers') : null;
  if (nameIs !== null) notes.problem([...at, 'name'], `${nameIs}.`);
  const namespaceIs = typeof namespace === 'string' ? namespaceProblem(namespace) : null;
  if (namespaceIs !== null) notes.problem([...at, 'namespace'], `${namespaceIs}.`);
};

const blockName = (key: string): string | undefined => /^env_(.+)$/.exec(key)?.[1];

/** `env_NAME`: variables for `--env NAME`. */
const environmentBlocks = (raw: Raw, at: Path, notes: Notes): Blocks => {
  const blocks = new Map<string, Readonly<Record<string, string>>>();
  for (const [key, value] of Object.entries(raw)) {
    const name = blockName(key);
    if (name === undefined || value === undefined) continue;
    const block = environment.safeParse(value);
    if (block.success) blocks.set(name, block.data);
    else notes.mistakes([...at, key], explain(environment, value, block.error.issues));
  }
  return blocks;
};

/** What is left for the style: every key that the core does not know. */
export const optionsIn = (raw: Raw): Raw =>
  Object.fromEntries(
    Object.entries(raw).filter(
      ([key, value]) => !serverKeys.includes(key) && value !== undefined && blockName(key) === undefined,
    ),
  );

const chosenEnv = (
  output: ServerOutput,
  blocks: Blocks,
  envName: string | null,
): Readonly<Record<string, string>> =>
  envName === null ? {} : { ...blocks.get(envName), ...output.environments?.[envName] };

const assemble = (
  output: ServerOutput,
  env: Readonly<Record<string, string>>,
  options: Readonly<Record<string, unknown>>,
  at: Path,
  place: Place,
  notes: Notes,
): Server => {
  const { folder, home } = place;
  const cwd = output.cwd === undefined ? folder : absolute(output.cwd, folder, home);
  const logs = logPolicy(output.logs, place);
  const pidFile = output.pidFile.map((path) => absolute(path, folder, home));
  const ready = readyPolicy(output.ready);
  const own = [logs.out, logs.err, logs.combined, ...pidFile].filter(
    (path) => path !== null && path !== '/dev/null',
  );
  const instances = output.instances === 'max' ? Math.max(1, place.cpus) : output.instances;
  return {
    key: serverKey(output.namespace, output.name),
    namespace: output.namespace,
    name: output.name,
    style: output.style,
    type: output.type,
    block: 'servers',
    declaredIn: place.file,
    folder,
    ...programOf(output, cwd, at, place, notes),
    cwd,
    env,
    envFiles: (output.envFile ?? []).map((path) => absolute(path, folder, home)),
    filterEnv: false,
    user: output.user ?? null,
    umask: output.umask ?? null,
    nice: output.nice ?? null,
    instances,
    port: portSpec(output.port, true),
    host: output.host ?? null,
    socket: output.socket === undefined ? null : absolute(output.socket, folder, home),
    stdin: output.stdin,
    dependsOn: output.dependsOn,
    waitFor: waitForProbes(output.waitFor).flatMap((keys) => probeOf(keys) ?? []),
    ready,
    health: healthPolicy(output.health, ready.probe),
    restart: restartPolicy(output.restart, output.type),
    stop: stopPolicy(output.stop),
    limits: { memory: output.limits.memory ?? null, nofile: output.limits.nofile ?? null },
    logs,
    watch: watchPolicy(
      output.watch,
      cwd,
      own.filter((path) => path !== null),
      place,
    ),
    cron: output.cron ?? null,
    pidFile,
    forks: output.forks,
    reload: output.reload,
    autostart: output.autostart,
    options,
    supervisorOnly: [],
  };
};

/** A relative script stands beside the file; failing that, in the working folder. */
const programOf = (
  output: ServerOutput,
  cwd: string,
  at: Path,
  place: Place,
  notes: Notes,
): Pick<Server, 'command' | 'script'> => {
  const args = wordsOf(output.args);
  if (output.command !== undefined) {
    const command =
      typeof output.command === 'string'
        ? { shell: withWords(output.command, args) }
        : { argv: [...output.command, ...args] };
    return { command, script: null };
  }
  if (output.script === undefined) return { command: null, script: null };
  const { command, script, problem, differs } = commandOfScript(
    {
      script: output.script.startsWith('~/')
        ? absolute(output.script, place.folder, place.home)
        : output.script,
      args,
      interpreter: output.interpreter ?? null,
      interpreterArgs: wordsOf(output.interpreterArgs),
      folders: [place.folder, cwd],
      sourceMaps: false,
    },
    place.machine,
  );
  if (problem !== null) notes.problem([...at, 'script'], `${problem}.`);
  if (differs !== null)
    notes.note({
      path: [...at, 'interpreter'],
      key: 'interpreter',
      server: displayServer(serverKey(output.namespace, output.name)),
      verdict: 'differs',
      how: differs,
    });
  return { command, script };
};

/** Blocks are told key by key, the rest as a whole. */
const blocksOfKeys = new Set(['ready', 'health', 'restart', 'stop', 'logs', 'limits', 'hooks']);

const report = (
  server: Server,
  raw: Readonly<Record<string, unknown>>,
  supervisorOnly: readonly string[],
  at: Path,
  notes: Notes,
): void => {
  const name = displayServer(server.key);
  for (const key of supervisorOnly)
    notes.note({
      path: [...at, ...key.split('.')],
      key,
      server: name,
      verdict: 'supervisor',
      how: needsSupervisor,
    });
  const retries = (raw['ready'] as { retries?: unknown } | undefined)?.retries !== undefined;
  if (retries)
    notes.note({
      path: [...at, 'ready', 'retries'],
      key: 'ready.retries',
      server: name,
      verdict: 'differs',
      how: `it is counted as time: ${server.ready.timeout} ms until ready`,
    });
  for (const [key, value] of Object.entries(raw)) {
    if (!serverKeys.includes(key) || value === undefined) continue;
    const inner = blocksOfKeys.has(key) && typeof value === 'object' && value !== null;
    const keys = inner ? Object.keys(value).map((part) => `${key}.${part}`) : [key];
    for (const each of keys)
      if (!supervisorOnly.includes(each) && !supervisorOnly.includes(key) && each !== 'ready.retries')
        notes.honoured(name, each);
  }
};
