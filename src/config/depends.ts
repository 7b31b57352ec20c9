import { displayServer, serverKey, type ServerKey } from '../model/key.js';
import type { Server } from '../model/server.js';
import type { Origin } from './ecosystem.js';
import { suggest } from '../model/suggest.js';
import type { Notes } from './notes.js';
import { pathText } from './load/document.js';

/** One server beside where it stands. */
export type Placed = { readonly server: Server; readonly origin: Origin };

/** One as the file says it: its server is `null` where it has mistakes, its key where it has no name. */
export type Declared = {
  readonly key: ServerKey | null;
  readonly server: Server | null;
  readonly origin: Origin;
};

/** Two servers of one key could not be told apart in any command. The later ones are mistakes. */
export const withoutTwins = (
  declared: readonly Declared[],
  notes: Notes,
): { readonly placed: readonly Placed[]; readonly twins: readonly Placed[] } => {
  const seen = new Map<ServerKey, Declared>();
  const placed: Placed[] = [];
  const twins: Placed[] = [];
  for (const each of declared) {
    const { key, server, origin } = each;
    const first = key === null ? undefined : seen.get(key);
    if (server !== null) (first === undefined ? placed : twins).push({ server, origin });
    if (key !== null && first === undefined) seen.set(key, each);
    if (key !== null && first !== undefined)
      notes.problem(
        [...each.origin.path, 'name'],
        `${JSON.stringify(displayServer(key))} is the name of ${pathText(first.origin.path)} too: every command is by name, so give one of them another name or another namespace.`,
      );
  }
  return { placed, twins };
};

/** The names in `dependsOn` as keys: in the own namespace first, then `namespace/name`, then the only one of that name. */
export const resolveDependencies = (
  placed: readonly Placed[],
  /** Also those whose own declaration is wrong: one mistake is told once. */
  declared: ReadonlySet<ServerKey>,
  notes: Notes,
): readonly Placed[] => {
  const resolved = placed.map(({ server, origin }) => ({
    origin,
    server: {
      ...server,
      dependsOn: server.dependsOn.flatMap((name, index) => {
        const key = keyOf(name, server.namespace, declared);
        if (key === null) {
          const guess = suggest(
            name,
            [...declared].map((known) => displayServer(known)),
          );
          notes.problem(
            [...origin.path, 'dependsOn', index],
            `${JSON.stringify(name)} is no server of this file.`,
            guess,
          );
        } else if (key === server.key)
          notes.problem([...origin.path, 'dependsOn', index], 'is the server itself.');
        return key === null || key === server.key ? [] : [key];
      }),
    },
  }));
  refuseCircles(resolved, notes);
  return resolved;
};

const keyOf = (name: string, namespace: string, declared: ReadonlySet<ServerKey>): ServerKey | null => {
  const near = serverKey(namespace, name);
  if (declared.has(near)) return near;
  if (declared.has(name)) return name;
  const [only, ...others] = [...declared].filter((key) => key.slice(key.indexOf('/') + 1) === name);
  return only !== undefined && others.length === 0 ? only : null;
};

const refuseCircles = (placed: readonly Placed[], notes: Notes): void => {
  const byKey = new Map(placed.map((each) => [each.server.key, each]));
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
      for (const next of byKey.get(key)?.server.dependsOn ?? []) stack.push({ key: next, leave: false });
    }
  }
};
