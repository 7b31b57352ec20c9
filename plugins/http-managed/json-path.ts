import { type Expectation } from 'mpm-io/plugin';

export type Json = Readonly<Record<string, unknown>>;

/** The value at a dotted path; only what the answer itself holds, never what every object inherits. */
export const readPath = (json: Json, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Json)[key]
          : undefined,
      json,
    );

export const readText = (json: Json, path: string): string | undefined => {
  const value = readPath(json, path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
};

export const readNumber = (json: Json, path: string): number | undefined => {
  const value = readPath(json, path);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
};

/** The first expectation that the answer does not meet, in words. */
export const unmet = (json: Json, expectations: readonly Expectation[]): string | null => {
  for (const { path, oneOf } of expectations) {
    const value = readText(json, path);
    if (value === undefined) return `it has no ${path}`;
    if (!oneOf.includes(value)) return `its ${path} is ${JSON.stringify(value)}, not ${oneOf.join(' or ')}`;
  }
  return null;
};
