import type { ServerKey } from './key.js';

type Ordered = { readonly key: ServerKey; readonly dependsOn: readonly ServerKey[] };

/** The named servers with everything they depend on, dependencies first. Unknown names and circles are the file's errors, not ours. */
export const withDependencies = <T extends Ordered>(
  wanted: readonly T[],
  all: ReadonlyMap<ServerKey, T>,
): readonly T[] => {
  const ordered = new Map<ServerKey, T>();
  const visiting = new Set<ServerKey>();
  const visit = (server: T): void => {
    if (ordered.has(server.key) || visiting.has(server.key)) return;
    visiting.add(server.key);
    for (const key of server.dependsOn) {
      const dependency = all.get(key);
      if (dependency !== undefined) visit(dependency);
    }
    ordered.set(server.key, server);
  };
  wanted.forEach(visit);
  return [...ordered.values()];
};
