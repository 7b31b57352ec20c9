import type { Styles } from '../plugin/load.js';
import { hashSpec } from '../units/store.js';
import type { Observation } from './snapshot.js';

/** It runs with another spec than the file gives now, with the environment that was chosen for it. */
export const isOlder = ({ instance, undeclared, view }: Observation, styles: Styles): boolean => {
  const style = styles.get(instance.server.style)?.style;
  const run = view?.record.run ?? null;
  if (run === null || undeclared || style?.unit === undefined || instance.server.command === null)
    return false;
  try {
    return hashSpec(style.unit(instance.server, instance.index)) !== run.specHash;
  } catch {
    return false; // a style that cannot make the unit has nothing to compare
  }
};
