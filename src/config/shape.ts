import type { Notes } from './notes.js';
import { suggest } from '../model/suggest.js';
import { shown } from './schema/shown.js';

type Path = readonly PropertyKey[];
type Values = Readonly<Record<string, unknown>>;

export type Entry = { readonly path: Path; readonly value: Values };

/** What a file declares, whichever of its shapes it has. */
export type Shape = {
  readonly servers: readonly Entry[];
  readonly apps: readonly Entry[];
  readonly plugins: readonly { readonly path: Path; readonly value: unknown }[];
  /** There are some, in a form that cannot be read: what names them cannot be judged. */
  readonly hides: { readonly servers: boolean; readonly plugins: boolean };
};

const nothing: Shape = { servers: [], apps: [], plugins: [], hides: { servers: false, plugins: false } };
const fileKeys = ['$schema', 'plugins', 'servers', 'apps', 'deploy', 'static'] as const;
/** Held equal to the schema by its type. */
export type FileKey = (typeof fileKeys)[number];
const topKeys: readonly string[] = fileKeys;
const scriptKeys = ['script', 'exec', 'cmd', 'command'];

/** `{servers}`, `{apps}`, both, `pm2` for `apps`, a bare list of apps, or a bare app. */
export const shapeOf = async (value: unknown, notes: Notes): Promise<Shape> => {
  if (value === undefined || value === null || value === '') {
    notes.problem(
      [],
      'The file is empty. Write {"servers": []}, or remove it and let "config init" write a first one.',
    );
    return nothing;
  }
  if (Array.isArray(value)) return { ...nothing, apps: entries(value, [], notes) };
  if (!isObject(value)) {
    notes.problem([], `The file must hold an object such as {"servers": [...]}, not ${shown(value)}.`);
    return nothing;
  }
  const keys = Object.keys(value);
  const isFile = ['servers', 'apps', 'pm2', 'plugins'].some((key) => key in value);
  if (!isFile && keys.some((key) => scriptKeys.includes(key)))
    return { ...nothing, apps: [{ path: [], value }] };
  const meant = await checkTopKeys(value, isFile, notes);
  const appsKey = value['apps'] === undefined && value['pm2'] !== undefined ? 'pm2' : 'apps';
  const servers = block(value['servers'], 'servers', notes);
  const apps = block(value[appsKey], appsKey, notes);
  const plugins = pluginEntries(value['plugins'], notes);
  return {
    servers: servers ?? [],
    apps: apps ?? [],
    plugins: plugins ?? [],
    hides: {
      servers:
        servers === null ||
        apps === null ||
        [value['servers'], value[appsKey]].flat().some((each) => each !== undefined && !isObject(each)) ||
        ['servers', 'apps'].some((key) => meant.has(key)),
      plugins: plugins === null || meant.has('plugins'),
    },
  };
};

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Null where what is there cannot be read. */
type Parts<T> = readonly T[] | null;

/** Servers by their names are checked as if they stood in a list: their mistakes are told beside that one. */
const block = (value: unknown, key: string, notes: Notes): Parts<Entry> => {
  if (value === undefined) return [];
  if (Array.isArray(value)) return entries(value, [key], notes);
  if (isObject(value)) {
    if (scriptKeys.some((script) => script in value)) {
      if (key === 'servers') notes.problem([key], 'must be a list, not an object: put it into [ ].');
      return [{ path: [key], value }];
    }
    const [name = 'web'] = Object.keys(value);
    notes.problem([key], `must be a list, not an object: write [{"name": ${JSON.stringify(name)}, ...}].`);
    return Object.entries(value).flatMap(([inner, server]) =>
      isObject(server) ? [{ path: [key, inner], value: { name: inner, ...server } }] : [],
    );
  }
  notes.problem([key], `must be a list, not ${shown(value)}.`);
  return null;
};

const entries = (values: readonly unknown[], at: Path, notes: Notes): readonly Entry[] =>
  values.flatMap((value, index) => {
    const path = [...at, index];
    if (isObject(value)) return [{ path, value }];
    notes.problem(path, `must be an object, not ${shown(value)}.`);
    return [];
  });

const pluginEntries = (value: unknown, notes: Notes): Parts<Shape['plugins'][number]> => {
  if (value === undefined) return [];
  if (Array.isArray(value))
    return value.map((item: unknown, index) => ({ path: ['plugins', index], value: item }));
  notes.problem(['plugins'], `must be a list, not ${shown(value)}.`);
  return null;
};

const replaced: Readonly<Record<string, string>> = {
  deploy: 'there is no deploy: it is a job for your CI, with `mpm-io restart all` at its end',
  static: 'there is no file server built in: declare one as a server',
};

/** With `servers` an unknown key is a mistake; pm2's files are full of them, and pm2 says nothing. Tells which keys were meant. */
const checkTopKeys = async (value: Values, isFile: boolean, notes: Notes): Promise<ReadonlySet<string>> => {
  const meant = new Set<string>();
  for (const key of Object.keys(value)) {
    const why = Object.hasOwn(replaced, key) ? replaced[key] : undefined;
    if (why !== undefined && value[key] !== undefined && value[key] !== null)
      notes.note({ path: [key], key, server: null, verdict: 'ignored', how: why });
    if (topKeys.includes(key) || key === 'pm2' || key.startsWith('x-') || why !== undefined) continue;
    const guess = suggest(key, topKeys);
    if (!isFile || 'servers' in value) {
      if (guess !== null) meant.add(guess);
      notes.problem([key], 'is no key of an ecosystem file.', guess);
    } else {
      // Most files declare no apps: what knows pm2's keys is loaded for those that do.
      const { appKeys } = await import('./apps/spelling.js');
      const how = appKeys.includes(key) ? 'it belongs into an app' : 'an ecosystem file has no such key';
      notes.note({ path: [key], key, server: null, verdict: 'ignored', how });
    }
  }
  if (!isFile && meant.size === 0) notes.problem([], 'The file holds neither `servers` nor `apps`.');
  return meant;
};
