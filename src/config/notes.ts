import type { ConfigProblem } from '../model/errors/config.js';
import { pathText } from './load/document.js';
import type { ConfigWarning, KeyReport } from './ecosystem.js';
import type { Mistake } from './schema/explain.js';

type Path = readonly PropertyKey[];

export type Note = {
  readonly path: Path;
  readonly key: string;
  readonly server: string | null;
  readonly verdict: 'differs' | 'ignored' | 'supervisor';
  readonly how: string;
};

/** Collects what is told of one file while it is read: mistakes, what is not honoured, and what is. */
export type Notes = {
  problem(path: Path, message: string, suggestion?: string | null): void;
  mistakes(above: Path, found: readonly Mistake[]): void;
  note(note: Note): void;
  honoured(server: string, key: string): void;
  readonly problems: readonly ConfigProblem[];
  warnings(): readonly ConfigWarning[];
  keys(): readonly KeyReport[];
};

export const openNotes = (
  file: string,
  lineOf: (path: Path) => number | null,
  /** Where the file's own words stand in a larger one, such as `mpm-io` in package.json. */
  prefix: Path,
): Notes => {
  const problems: ConfigProblem[] = [];
  const notes: Note[] = [];
  const honoured: KeyReport[] = [];
  const problem = (path: Path, message: string, suggestion: string | null = null): void => {
    problems.push({ file, path: pathText(path), line: lineOf([...prefix, ...path]), message, suggestion });
  };
  const warning = ({ path, key, server, verdict, how }: Note): ConfigWarning => ({
    kind: verdict,
    path: pathText(path),
    line: lineOf([...prefix, ...path]),
    key,
    server,
    message: how,
  });
  return {
    problem,
    mistakes: (above, found) => {
      for (const { path, message, suggestion } of found) problem([...above, ...path], message, suggestion);
    },
    note: (note) => notes.push(note),
    honoured: (server, key) => honoured.push({ server, key, verdict: 'honoured', how: null }),
    problems,
    warnings: () => [
      ...notes.filter(({ verdict }) => verdict !== 'supervisor').map(warning),
      ...oncePerKey(notes.filter(({ verdict }) => verdict === 'supervisor')).map(warning),
    ],
    keys: () => [
      ...honoured.filter(
        ({ server, key }) => !notes.some((note) => note.server === server && note.key === key),
      ),
      ...notes.flatMap(({ server, key, verdict, how }) =>
        server === null ? [] : [{ server, key, verdict, how }],
      ),
    ],
  };
};

/** A key that waits for the supervisor is told once, with every server that sets it. */
const oncePerKey = (notes: readonly Note[]): readonly Note[] => {
  const byKey = new Map<string, Note[]>();
  for (const note of notes) byKey.set(note.key, [...(byKey.get(note.key) ?? []), note]);
  return [...byKey.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const servers = same.flatMap(({ server }) => (server === null ? [] : [server]));
    const named =
      servers.length > 4
        ? `${servers.slice(0, 3).join(', ')} and ${servers.length - 3} more`
        : servers.join(', ');
    return [
      {
        ...first,
        server: servers.length === 1 ? (servers[0] ?? null) : null,
        how: `${first.key} (${named}): ${first.how}`,
      },
    ];
  });
};

export const needsSupervisor = 'only a supervisor honours it, and none keeps servers yet';
