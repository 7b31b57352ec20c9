import { dirname } from 'node:path';
import { mpmError } from '../model/errors/index.js';
import type { ConfigProblem } from '../model/errors/config.js';
import { serverKey, type ServerKey } from '../model/key.js';
import { statReal } from './command/machine.js';
import { type Declared, resolveDependencies, withoutTwins } from './depends.js';
import type { BrokenServer, DraftProblem, EcosystemDraft, Origin } from './ecosystem.js';
import { runBounded, timedOut } from '../host/bounded.js';
import { noLines, type LineOf } from './load/document.js';
import { loadFile } from './load/load.js';
import { plainCopy } from './load/plain.js';
import { hung } from './load/hung.js';
import { tellTwice } from './twice.js';
import { suggest } from '../model/suggest.js';
import { openNotes, type Notes } from './notes.js';
import { foreignOwner, isCode, refuseForeignCode } from './own-code.js';
import type { Place } from './place.js';
import { readPlugins } from './plugins.js';
import type { ReadRequest } from './read-request.js';
import type { Reading } from './reading.js';
import type { Server } from '../model/server.js';
import { readServer } from './servers/server.js';
import { shapeOf, type Entry, type Shape } from './shape.js';

const usualTimeout = 10_000;

/** The part of `readEcosystem` that needs the schema. */
export const readFile = async (request: ReadRequest & { readonly file: string }): Promise<EcosystemDraft> => {
  const { file, host, envName, named } = request;
  const stat = statReal(host, file);
  if (stat === null) throw mpmError('CONFIG_NOT_FOUND', { path: file });
  if (!named) refuseForeignCode(file, host.user.uid, host.files);
  const folder = dirname(file);
  const nothing: EcosystemDraft = {
    file,
    folder,
    servers: [],
    plugins: [],
    warnings: [],
    keys: [],
    problems: [],
    origins: new Map(),
    broken: [],
    hidesPlugins: false,
  };
  const problem = (message: string): EcosystemDraft => ({
    ...nothing,
    problems: [alone({ file, path: '', line: null, message, suggestion: null })],
  });
  if (stat.kind !== 'file') return problem('It is not a file.');
  const timeout = request.timeout ?? usualTimeout;
  const { loaded, prefix } = await loadFile(file, stat.size, host.files, { envName }, timeout);
  if (loaded.kind === 'broken') return { ...nothing, problems: loaded.problems.map(alone) };
  const { document } = loaded;
  const lines = once(async () => guarded(await document.lines().catch(noLines), prefix)); // too deep
  const notes = openNotes();
  // Looking into what a program exports runs code of it, which may never end.
  const copy = () => plainCopy(document.value);
  const data = isCode(file) ? runBounded(copy, timeout) : copy();
  if (data === timedOut) return problem(hung(timeout));
  for (const { path, message } of data.refusals) notes.problem(path, message);
  if (data.isEndless) return { ...nothing, problems: notes.problems(file, await lines()) };
  tellTwice(document, prefix, notes);
  const shape = await shapeOf(data.value, notes);
  warnOfUnknownEnv(shape, envName, notes);
  const isForeign = refuseForeignPlugins(shape, request, notes);
  const { placed, broken } = await readAll(shape, placeOf(request, folder), lines, notes);
  const lineOf = notes.isSilent() && shape.plugins.length === 0 ? () => null : await lines();
  const plugins = isForeign ? [] : readPlugins(shape.plugins, folder, lineOf, notes);
  return {
    ...nothing,
    servers: placed.map(({ server }) => server),
    plugins,
    warnings: notes.warnings(lineOf),
    keys: notes.keys(),
    problems: notes.problems(file, lineOf),
    origins: new Map(placed.map(({ server, origin }) => [server.key, origin])),
    broken,
    hidesPlugins: shape.hides.plugins || plugins.length < shape.plugins.length,
  };
};

const alone = (problem: ConfigProblem): DraftProblem => ({ ...problem, misses: [] });

const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let answer: Promise<T> | undefined;
  return () => (answer ??= work());
};

/** A file nested so deeply that the reader of lines gives up has no lines. */
const guarded =
  (lineOf: LineOf, prefix: readonly PropertyKey[]): LineOf =>
  (path) => {
    try {
      return lineOf([...prefix, ...path]);
    } catch {
      return null; // too deep
    }
  };

/** A plugin is a program too: one that a found file of somebody else names is not run. */
const refuseForeignPlugins = (
  shape: Shape,
  request: ReadRequest & { readonly file: string },
  notes: Notes,
): boolean => {
  if (request.named || shape.plugins.length === 0) return false;
  const owner = foreignOwner(request.file, request.host.user.uid, request.host.files);
  if (owner === null) return false;
  notes.problem(
    ['plugins'],
    `The file was found and belongs to another user (${owner}): its plugins are not run. Name it with --config if you trust it.`,
  );
  return true;
};

const placeOf = (request: ReadRequest & { readonly file: string }, folder: string): Place => ({
  file: request.file,
  folder,
  home: request.host.user.home,
  envName: request.envName,
  envNameOf: (server) => request.envName ?? request.recordedEnv?.(server) ?? null,
  cpus: request.cpus,
  machine: {
    node: request.node,
    nodeVersion: request.nodeVersion,
    path: request.path,
    files: request.host.files,
  },
});

type Placed = { readonly server: Server; readonly origin: Origin };

const readAll = async (
  shape: Shape,
  place: Place,
  lines: () => Promise<LineOf>,
  notes: Notes,
): Promise<{ readonly placed: readonly Placed[]; readonly broken: readonly BrokenServer[] }> => {
  const read = (entries: readonly Entry[], reader: typeof readServer, isOurs: boolean): readonly Read[] =>
    entries.map(({ path, value }) => {
      const reading = reader(value, path, place, notes);
      const { namespace = 'default' } = value;
      return {
        ...reading,
        said: saidKey(value),
        namespace: typeof namespace === 'string' ? namespace : null,
        dependsOn: isOurs ? namesIn(value['dependsOn']) : [],
        origin: { path, lines },
      };
    });
  const servers = read(shape.servers, readServer, true);
  const apps =
    shape.apps.length === 0 ? [] : read(shape.apps, (await import('./apps/app.js')).readApp, false);
  const all = [...servers, ...apps];
  const { firsts, twins } = withoutTwins(all, notes);
  const isUnnamed = all.some(({ key, said }) => key === null && said === null);
  const edges = resolveDependencies(all, shape.hides.servers || isUnnamed, notes);
  return {
    placed: firsts.flatMap((each) =>
      each.server === null
        ? []
        : [{ server: { ...each.server, dependsOn: edges.get(each) ?? [] }, origin: each.origin }],
    ),
    broken: [...firsts.filter(({ server }) => server === null), ...twins].flatMap(({ judged, origin }) =>
      judged === null ? [] : [{ ...judged, origin }],
    ),
  };
};

type Read = Reading & Declared;

/** As the file says them, each with its place. */
const namesIn = (dependsOn: unknown): Declared['dependsOn'] =>
  [dependsOn]
    .flat()
    .flatMap((name, index) => (typeof name === 'string' && name.trim() !== '' ? [{ name, index }] : []));

/** By what the file says, right or wrong. */
const saidKey = ({ name, namespace }: Entry['value']): ServerKey | null =>
  typeof name === 'string' ? serverKey(typeof namespace === 'string' ? namespace : 'default', name) : null;

const warnOfUnknownEnv = (shape: Shape, envName: string | null, notes: Notes): void => {
  if (envName === null) return;
  const known = new Set(
    [...shape.servers, ...shape.apps].flatMap(({ value }) => [
      ...Object.keys(value).flatMap((key) => /^env_(.+)$/.exec(key)?.[1] ?? []),
      ...Object.keys((value['environments'] as object | null | undefined) ?? {}),
    ]),
  );
  if (known.has(envName)) return;
  const guess = suggest(envName, known);
  notes.note({
    path: [],
    key: `env_${envName}`,
    server: null,
    verdict: 'ignored',
    how: `no server of this file has an environment "${envName}"${guess === null ? '' : `; did you mean "${guess}"?`}`,
  });
};
