import { dirname } from 'node:path';
import { mpmError } from '../model/errors/index.js';
import { serverKey, type ServerKey } from '../model/key.js';
import { readApp } from './apps/app.js';
import { statReal } from './command/machine.js';
import { resolveDependencies, withoutTwins, type Placed } from './depends.js';
import type { EcosystemDraft } from './ecosystem.js';
import { loadFile } from './load/load.js';
import { plainCopy } from './load/plain.js';
import { nearest } from './nearest.js';
import { openNotes, type Notes } from './notes.js';
import { foreignOwner, refuseForeignCode } from './own-code.js';
import type { Place } from './place.js';
import { readPlugins } from './plugins.js';
import type { ReadRequest } from './read.js';
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
  };
  const problem = (message: string): EcosystemDraft => ({
    ...nothing,
    problems: [{ file, path: '', line: null, message, suggestion: null }],
  });
  if (stat.kind !== 'file') return problem('It is not a file.');
  const { loaded, prefix } = await loadFile(
    file,
    stat.size,
    host.files,
    { envName },
    request.timeout ?? usualTimeout,
  );
  if (loaded.kind === 'broken') return { ...nothing, problems: loaded.problems };
  const { value, lineOf } = loaded.document;
  const notes = openNotes(file, guardedLines(lineOf), prefix);
  const data = plainCopy(value);
  if (data.kind === 'refused') {
    notes.problem(data.path, data.message);
    return { ...nothing, problems: notes.problems };
  }
  const shape = shapeOf(data.value, notes);
  warnOfUnknownEnv(shape, envName, notes);
  const plugins = readPlugins(shape.plugins, folder, lineOf, prefix, notes);
  const foreign = named ? null : foreignOwner(file, host.user.uid, host.files);
  if (plugins.length > 0 && foreign !== null)
    notes.problem(
      ['plugins'],
      `The file was found and belongs to another user (${foreign}): its plugins are not run. Name it with --config if you trust it.`,
    );
  const placed = readAll(shape, placeOf(request, folder), (path) => lineOf([...prefix, ...path]), notes);
  return {
    ...nothing,
    servers: placed.map(({ server }) => server),
    plugins,
    warnings: notes.warnings(),
    keys: notes.keys(),
    problems: notes.problems,
    origins: new Map(placed.map(({ server, origin }) => [server.key, origin])),
  };
};

const guardedLines =
  (lineOf: (path: readonly PropertyKey[]) => number | null) =>
  (path: readonly PropertyKey[]): number | null => {
    try {
      return lineOf(path);
    } catch {
      return null; // nested so deeply that the reader of lines gave up
    }
  };

const placeOf = (request: ReadRequest & { readonly file: string }, folder: string): Place => ({
  file: request.file,
  folder,
  home: request.host.user.home,
  envName: request.envName,
  cpus: request.cpus,
  machine: {
    node: request.node,
    nodeVersion: request.nodeVersion,
    path: request.path,
    files: request.host.files,
  },
});

const readAll = (
  shape: Shape,
  place: Place,
  lineOf: (path: readonly PropertyKey[]) => number | null,
  notes: Notes,
): readonly Placed[] => {
  const read = (entries: readonly Entry[], reader: typeof readServer): readonly Placed[] =>
    entries.flatMap(({ path, value }) => {
      const server = reader(value, path, place, notes);
      return server === null ? [] : [{ server, origin: { path, lineOf } }];
    });
  const placed = withoutTwins([...read(shape.servers, readServer), ...read(shape.apps, readApp)], notes);
  return resolveDependencies(placed, declaredKeys(shape, placed), notes);
};

/** By what the file says, right or wrong. */
const declaredKeys = (shape: Shape, placed: readonly Placed[]): ReadonlySet<ServerKey> => {
  const said = [...shape.servers, ...shape.apps].flatMap(({ value: { name, namespace } }) =>
    typeof name === 'string' ? [serverKey(typeof namespace === 'string' ? namespace : 'default', name)] : [],
  );
  return new Set([...placed.map(({ server }) => server.key), ...said]);
};

const warnOfUnknownEnv = (shape: Shape, envName: string | null, notes: Notes): void => {
  if (envName === null) return;
  const known = new Set(
    [...shape.servers, ...shape.apps].flatMap(({ value }) => [
      ...Object.keys(value).flatMap((key) => /^env_(.+)$/.exec(key)?.[1] ?? []),
      ...Object.keys((value['environments'] as object | null | undefined) ?? {}),
    ]),
  );
  if (known.has(envName)) return;
  const guess = nearest(envName, known);
  notes.note({
    path: [],
    key: `env_${envName}`,
    server: null,
    verdict: 'ignored',
    how: `no server of this file has an environment "${envName}"${guess === null ? '' : `; did you mean "${guess}"?`}`,
  });
};
