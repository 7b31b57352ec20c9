import { withDependencies } from '../model/order.js';
import type { Step } from './plan.js';

/** All steps of one server of one file, with the groups of the servers that it depends on. */
export type ServerSteps = { readonly steps: readonly Step[]; readonly needs: readonly ServerSteps[] };

type Group = {
  readonly key: string;
  readonly dependsOn: readonly string[];
  readonly steps: Step[];
  readonly needs: Group[];
};

/** By server, dependencies first. Instances are held together by file and key: recorded ones have a server object each. */
export const groupSteps = (steps: readonly Step[]): readonly ServerSteps[] => {
  const groups = new Map<string, Group>();
  for (const step of steps) {
    const { server } = step.observation.instance;
    const inFile = (key: string): string => `${server.declaredIn ?? ''}\0${key}`;
    const key = inFile(server.key);
    const group = groups.get(key);
    if (group === undefined)
      groups.set(key, { key, dependsOn: server.dependsOn.map(inFile), steps: [step], needs: [] });
    else group.steps.push(step);
  }
  for (const { dependsOn, needs } of groups.values())
    for (const key of dependsOn) {
      const needed = groups.get(key);
      if (needed !== undefined) needs.push(needed);
    }
  return withDependencies([...groups.values()], groups);
};
