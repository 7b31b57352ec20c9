import { displayInstance, type InstanceKey, serverOfInstance } from '../model/key.js';
import type { Look } from '../plugin/contract.js';

/** A recorded unit as a person names it: with its index where the home has recorded more of its server. */
export const unitName = (key: InstanceKey, { units }: Look): string => {
  const server = serverOfInstance(key);
  const count = [...units.keys()].filter((other) => serverOfInstance(other) === server).length;
  return displayInstance(key, count);
};
