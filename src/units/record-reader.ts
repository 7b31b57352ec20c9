import type { Host } from '../host/host.js';
import { messageOf } from '../model/errors/index.js';
import type { ExitFact } from '../model/unit.js';
import type { Home } from './home.js';
import type { Tenure } from './lock.js';
import {
  type JsonFile,
  readExitFile,
  readJson,
  type ReadFile,
  readUnit,
  type RecordProblem,
  type Records,
  type StoredUnit,
} from './records.js';

export type RecordReader = {
  /** Within one tenure of the lock nobody else writes: there only what was `changed` is looked at again. */
  all(tenure?: Tenure): Records;
  one(id: number): StoredUnit | undefined;
  /** A file of this unit was written or removed by this process. */
  changed(id: number): void;
};

/** Everything recorded in a home. Writes nothing; a home that is not there has no records. */
export const readRecords = (host: Host, home: Home): Records => createRecordReader(host, home).all();

type UnitRead = { readonly unit: StoredUnit | null; readonly problems: readonly RecordProblem[] };

/** Reads again only the files that have changed: for somebody who reads the same home often. */
export const createRecordReader = (host: Host, home: Home): RecordReader => {
  const files = createFileCache(host);
  const known = new Map<number, UnitRead>();
  const stale = new Set<number>();
  let of: Tenure | null = null;
  let listing: RecordProblem[] = [];
  const read = (id: number): void => {
    const problems: RecordProblem[] = [];
    known.set(id, { unit: readUnit(files, home, id, problems), problems });
  };
  const readAll = (): void => {
    known.clear();
    listing = [];
    for (const id of listIds(host, home, listing)) read(id);
  };
  return {
    all: (tenure) => {
      const fresh = tenure !== undefined && tenure === of;
      of = null; // of nobody, should the reading fail
      if (fresh) for (const id of stale) read(id);
      else readAll();
      stale.clear();
      of = tenure ?? null;
      const units = [...known.values()];
      const records = units.flatMap(({ unit }) => unit ?? []);
      const problems = [...listing, ...units.flatMap((unit) => unit.problems)];
      return { ids: [...known.keys()], records, exits: exitsOf(host, home, records), problems };
    },
    one: (id) => readUnit(files, home, id, []) ?? undefined,
    changed: (id) => stale.add(id),
  };
};

/** Each is read when it is asked for: the launcher asks for one of many. */
const exitsOf = (host: Host, home: Home, records: readonly StoredUnit[]): Records['exits'] => {
  const runs = new Map(records.map(({ id, run }) => [id, run]));
  const known = new Map<number, ExitFact | undefined>();
  return {
    get: (id) => {
      if (known.has(id)) return known.get(id);
      const run = runs.get(id) ?? null;
      const exit = run === null ? null : readExitFile(host, home, id, run.generation);
      known.set(id, exit ?? undefined);
      return exit ?? undefined;
    },
  };
};

const listIds = (host: Host, home: Home, problems: RecordProblem[]): readonly number[] => {
  try {
    return idsIn(host, home);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM') throw error; // wrong with us: nothing is lost
    problems.push({ path: home.units, kind: 'unreadable', text: messageOf(error) });
    return [];
  }
};

/** The numbers of the folders, also of those whose files cannot be read: none is given out twice. */
const idsIn = (host: Host, home: Home): readonly number[] =>
  host.files
    .list(home.units)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);

const createFileCache = (host: Host): ReadFile => {
  const known = new Map<string, { readonly stamp: string; readonly file: JsonFile }>();
  return (path) => {
    const stat = host.files.stat(path);
    const stamp = stat === null ? '' : `${stat.inode}/${stat.mtimeMs}/${stat.size}`;
    const cached = known.get(path);
    if (cached?.stamp === stamp) return cached.file;
    const file = readJson(host, path);
    known.set(path, { stamp, file });
    return file;
  };
};
