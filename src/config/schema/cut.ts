type Path = readonly PropertyKey[];
type Values = Record<PropertyKey, unknown>;

export const startsWith = (path: Path, beginning: Path): boolean =>
  beginning.length <= path.length && beginning.every((step, index) => step === path[index]);

export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, step) => (isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined), value);

/** A copy of it whose objects are nobody else's. */
export const ownCopy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ownCopy);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, ownCopy(inner)]));
};

/**
 * Takes out what lies at the path, and tells the path of what was taken. A list goes as a whole, since its other elements
 * would move; where what is wrong is that something is missing, what it is missing in goes.
 */
export const cut = (value: Values, path: Path): Path => {
  let inner = value;
  for (const [depth, step] of path.entries()) {
    const next = Object.hasOwn(inner, step) ? inner[step] : undefined;
    const isLast = depth === path.length - 1;
    if (!isLast && isObject(next) && !Array.isArray(next) && Object.hasOwn(next, path[depth + 1] ?? ''))
      inner = next;
    else {
      delete inner[step];
      return path.slice(0, depth + 1);
    }
  }
  return path;
};

const isObject = (value: unknown): value is Values => typeof value === 'object' && value !== null;
