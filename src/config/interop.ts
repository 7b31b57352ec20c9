/**
 * What a CommonJS library exports, by name. Node finds the names of most; a bundler puts them all under `default`.
 */
export const namesOf = <T extends object>(module: T): T => {
  const inner: unknown = 'default' in module ? module.default : undefined;
  return typeof inner === 'object' && inner !== null ? (inner as T) : module;
};
