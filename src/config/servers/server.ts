import { displayServer, serverKey } from '../../model/key.js';
import type { Server } from '../../model/server.js';
import { withWords, wordsOf } from '../command/words.js';
import { commandOfScript } from '../command/script.js';
import { unusable } from '../load/plain.js';
import { namespaceProblem, nameProblem } from '../names.js';
import { needsSupervisor, type Notes } from '../notes.js';
import { absolute, type Place } from '../place.js';
import type { Reading } from '../reading.js';
import { explain } from '../schema/explain.js';
import { createPresentParser, type Salvaged } from '../schema/parse-present.js';
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
export const readServer = (raw: Raw, at: Path, place: Place, notes: Notes): Reading => {
  const before = notes.mistakesSoFar();
  const { data: output, mistakes, isLost } = parseServer(raw);
  const key = isLost('name') || isLost('namespace') ? null : serverKey(output.namespace, output.name);
  for (const { path, message, suggestion } of mistakes)
    notes.problem([...at, ...path], message, suggestion, raw['name'] === undefined ? [[...at, 'name']] : []);
  const blocks = environmentBlocks(raw, at, notes);
  const env = { ...output.env, ...chosenEnv(output, blocks, key === null ? null : place.envNameOf(key)) };
  checkNames(raw, at, notes);
  checkServer({
    server: output,
    raw,
    isLost,
    environments: [
      { path: [...at, 'env'], values: output.env },
      ...[...blocks].map(([name, values]) => ({ path: [...at, `env_${name}`], values })),
      ...Object.entries(output.environments ?? {}).map(([name, values]) => ({
        path: [...at, 'environments', name],
        values,
      })),
    ],
    at,
    notes,
  });
  const program = programOf(output, isLost, at, place, notes);
  const server = { ...assemble(output, env, optionsIn(raw), place), ...program };
  if (notes.mistakesSoFar() > before) return { key, server: null, judged: isLost('style') ? null : server };
  const supervisorOnly = supervisorKeys(server, raw);
  report(server, raw, supervisorOnly, at, notes);
  return { key, server: { ...server, supervisorOnly }, judged: server };
};

type Blocks = ReadonlyMap<string, Readonly<Record<string, string>>>;

const checkNames = (
  { name, namespace }: { readonly name?: unknown; readonly namespace?: unknown },
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
const optionsIn = (raw: Raw): Raw =>
  Object.fromEntries(
    Object.entries(raw).filter(
      ([key, value]) =>
        !serverKeys.includes(key) &&
        value !== undefined &&
        value !== unusable &&
        blockName(key) === undefined,
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
  options: Raw,
  place: Place,
): Omit<Server, 'command' | 'script'> => {
  const { folder, home } = place;
  const cwd = cwdOf(output, place);
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

const cwdOf = ({ cwd }: ServerOutput, { folder, home }: Place): string =>
  cwd === undefined ? folder : absolute(cwd, folder, home);

/** A relative script stands beside the file; failing that, in the working folder. */
const programOf = (
  output: ServerOutput,
  isLost: Salvaged<ServerOutput>['isLost'],
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
  const unknown = ['script', 'command', 'interpreter', 'cwd'].some((key) => isLost(key));
  if (output.script === undefined || unknown) return { command: null, script: null };
  const { command, script, problem, differs } = commandOfScript(
    {
      script: output.script.startsWith('~/')
        ? absolute(output.script, place.folder, place.home)
        : output.script,
      args,
      interpreter: output.interpreter ?? null,
      interpreterArgs: wordsOf(output.interpreterArgs),
      folders: [place.folder, cwdOf(output, place)],
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
  raw: Raw,
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
    const isOurs = serverKeys.includes(key) || blockName(key) !== undefined;
    if (!isOurs || value === undefined) continue;
    const inner = blocksOfKeys.has(key) && typeof value === 'object' && value !== null;
    const keys = inner ? Object.keys(value).map((part) => `${key}.${part}`) : [key];
    for (const each of keys)
      if (!supervisorOnly.includes(each) && !supervisorOnly.includes(key) && each !== 'ready.retries')
        notes.honoured(name, each);
  }
};
