import { pathText, type LineOf } from './load/document.js';
import type { ConfigWarning, DraftProblem, KeyReport } from './ecosystem.js';
import type { Mistake } from './schema/explain.js';

type Path = readonly PropertyKey[];

type Note = {
  readonly path: Path;
  readonly key: string;
  readonly server: string | null;
  readonly verdict: 'differs' | 'ignored' | 'supervisor';
  readonly how: string;
};

/** Collects what is told of one file while it is read: mistakes, what is not honoured, and what is. */
export type Notes = {
  /** One place, one mistake: what was told first stays. `misses`: where one of these stands misspelt, this is no mistake of its own. */
  problem(path: Path, message: string, suggestion?: string | null, misses?: readonly Path[]): void;
  mistakes(above: Path, found: readonly Mistake[]): void;
  note(note: Note): void;
  honoured(server: string, key: string): void;
  /** How many mistakes there are by now. */
  readonly mistakesSoFar: () => number;
  /** Nothing is wrong and nothing is to be told: no line is needed. */
  readonly isSilent: () => boolean;
  problems(file: string, lineOf: LineOf): readonly DraftProblem[];
  warnings(lineOf: LineOf): readonly ConfigWarning[];
  keys(): readonly KeyReport[];
};

export const openNotes = (): Notes => {
  const problems = new Map<string, Mistake & { readonly misses: readonly Path[] }>();
  const notes: Note[] = [];
  const honoured: KeyReport[] = [];
  const problem = (
    path: Path,
    message: string,
    suggestion: string | null = null,
    misses: readonly Path[] = [],
  ): void => {
    const place = pathText(path);
    if (!problems.has(place)) problems.set(place, { path, message, suggestion, misses });
  };
  return {
    problem,
    mistakes: (above, found) => {
      for (const { path, message, suggestion } of found) problem([...above, ...path], message, suggestion);
    },
    note: (note) => notes.push(note),
    honoured: (server, key) => honoured.push({ server, key, verdict: 'honoured', how: null }),
    mistakesSoFar: () => problems.size,
    isSilent: () => problems.size === 0 && notes.length === 0,
    problems: (file, lineOf) =>
      [...problems].map(([place, { path, message, suggestion, misses }]) => ({
        file,
        path: place,
        line: lineOf(path),
        message,
        suggestion,
        misses: misses.map((missed) => pathText(missed)),
      })),
    warnings: (lineOf) =>
      [
        ...notes.filter(({ verdict }) => verdict !== 'supervisor'),
        ...oncePerKey(notes.filter(({ verdict }) => verdict === 'supervisor')),
      ].map(({ path, key, server, verdict, how }) => ({
        kind: verdict,
        path: pathText(path),
        line: lineOf(path),
        key,
        server,
        message: how,
      })),
    keys: () => {
      const told = new Set(notes.map(({ server, key }) => `${server}\0${key}`));
      return [
        ...honoured.filter(({ server, key }) => !told.has(`${server}\0${key}`)),
        ...notes.flatMap(({ server, key, verdict, how }) =>
          server === null ? [] : [{ server, key, verdict, how }],
        ),
      ];
    },
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
