import { displayServer, serverKey, type ServerKey } from '../model/key.js';
import type { Server } from '../model/server.js';
import type { Origin } from './ecosystem.js';
import { suggest } from '../model/suggest.js';
import type { Notes } from './notes.js';
import { pathText } from './load/document.js';

/** One as the file says it, right or wrong. */
export type Declared = {
  /** Null where it cannot be told which server it is. */
  readonly key: ServerKey | null;
  /** By the words of the file alone: also the key of a server whose name may not be like that. */
  readonly said: ServerKey | null;
  /** Null where it is not known. */
  readonly namespace: string | null;
  readonly server: Server | null;
  readonly dependsOn: readonly { readonly name: string; readonly index: number }[];
  readonly origin: Origin;
};

/** Two servers of one key could not be told apart in any command. The later ones are mistakes. */
export const withoutTwins = <T extends Declared>(
  declared: readonly T[],
  notes: Notes,
): { readonly firsts: readonly T[]; readonly twins: readonly T[] } => {
  const seen = new Map<ServerKey, T>();
  const firsts: T[] = [];
  const twins: T[] = [];
  for (const each of declared) {
    const { key } = each;
    const first = key === null ? undefined : seen.get(key);
    (first === undefined ? firsts : twins).push(each);
    if (key !== null && first === undefined) seen.set(key, each);
    if (key !== null && first !== undefined)
      notes.problem(
        [...each.origin.path, 'name'],
        `${JSON.stringify(displayServer(key))} is the name of ${pathText(first.origin.path)} too: every command is by name, so give one of them another name or another namespace.`,
      );
  }
  return { firsts, twins };
};

type Edges = ReadonlyMap<Declared, readonly ServerKey[]>;

/** The names in `dependsOn` as keys: in the own namespace first, then `namespace/name`, then the only one of that name. */
export const resolveDependencies = (
  declared: readonly Declared[],
  /** There are servers whose name cannot be read: a name that is nowhere may be theirs. */
  hidesServers: boolean,
  notes: Notes,
): Edges => {
  const keys = new Set(declared.flatMap(({ key, said }) => key ?? said ?? []));
  const edges = new Map(
    declared.map((each) => [
      each,
      each.dependsOn.flatMap(({ name, index }): readonly ServerKey[] => {
        const found = keysOf(name, each.namespace, keys);
        const path = [...each.origin.path, 'dependsOn', index];
        const [key, ...others] = found;
        if (key === undefined) {
          const known = [...keys].map((other) => displayServer(other));
          const problem = `${JSON.stringify(name)} is no server of this file.`;
          if (!hidesServers) notes.problem(path, problem, suggest(name, known));
        } else if (others.length > 0) {
          const problem = `${JSON.stringify(name)} may be ${found.join(' or ')}: write which.`;
          if (each.namespace !== null) notes.problem(path, problem);
        } else if (key === (each.key ?? each.said)) notes.problem(path, 'is the server itself.');
        else return [key];
        return [];
      }),
    ]),
  );
  refuseCircles(edges, notes);
  return edges;
};

const keysOf = (
  name: string,
  namespace: string | null,
  keys: ReadonlySet<ServerKey>,
): readonly ServerKey[] => {
  const near = namespace === null ? null : serverKey(namespace, name);
  if (near !== null && keys.has(near)) return [near];
  if (keys.has(name)) return [name];
  return [...keys].filter((key) => key.slice(key.indexOf('/') + 1) === name);
};

const refuseCircles = (edges: Edges, notes: Notes): void => {
  const byKey = new Map<ServerKey, { readonly origin: Origin; readonly next: readonly ServerKey[] }>();
  for (const [{ key, said, origin }, next] of edges) {
    const own = key ?? said;
    if (own !== null && !byKey.has(own)) byKey.set(own, { origin, next });
  }
  const done = new Set<ServerKey>();
  for (const start of byKey.keys()) {
    const way: ServerKey[] = [];
    const stack: { readonly key: ServerKey; readonly leave: boolean }[] = [{ key: start, leave: false }];
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      const { key, leave } = step;
      if (leave) {
        way.pop();
        done.add(key);
        continue;
      }
      if (done.has(key)) continue;
      const from = way.indexOf(key);
      if (from !== -1) {
        const circle = [...way.slice(from), key].map((each) => displayServer(each)).join(' -> ');
        notes.problem([...(byKey.get(key)?.origin.path ?? []), 'dependsOn'], `goes in a circle: ${circle}.`);
        continue;
      }
      way.push(key);
      stack.push({ key, leave: true });
      for (const next of byKey.get(key)?.next ?? []) stack.push({ key: next, leave: false });
    }
  }
};
