import { procLink, procPids } from './proc-text.js';

/** The first PID namespace has this number on every machine (PROC_PID_INIT_INO), and lives as long as the boot. */
const first = '4026531836';

/**
 * A namespace is seen from those around it only: its processes are in their /proc, too. Whoever is inside another
 * one knows of the first that it lives, and nothing of its neighbours.
 */
export const livesElsewhere = (root: string, own: string, other: string): boolean => {
  const [boot, namespace] = split(other);
  const [ownBoot, ownNamespace] = split(own);
  if (boot !== ownBoot || namespace === ownNamespace) return false;
  if (namespace === first) return true;
  return procPids(root).some((pid) => procLink(`${root}/${pid}/ns/pid`) === `pid:[${namespace}]`);
};

const split = (boot: string): readonly [string, string] => {
  const at = boot.lastIndexOf('/');
  return [boot.slice(0, at), boot.slice(at + 1)];
};
