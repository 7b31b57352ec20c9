export type Plain =
  | { readonly kind: 'plain'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly path: readonly PropertyKey[]; readonly message: string };

const deepest = 60;
const mostValues = 200_000;

/** A copy that holds nothing but data: no cycle, no endless depth, no key that would reach a prototype. Regular expressions become their text. */
export const plainCopy = (value: unknown): Plain => {
  let values = 0;
  let refusal: { path: readonly PropertyKey[]; message: string } | null = null;
  const refuse = (path: readonly PropertyKey[], message: string): void => {
    refusal ??= { path, message };
  };
  const copy = (from: unknown, path: readonly PropertyKey[]): unknown => {
    values += 1;
    if (refusal !== null) return undefined;
    if (from instanceof RegExp) return String(from);
    if (typeof from !== 'object' || from === null) return from;
    if (path.length > deepest)
      return refuse(path.slice(0, 3), `is nested more than ${deepest} levels deep, or holds itself`);
    if (values > mostValues) return refuse([], `The file holds more than ${mostValues} values.`);
    if (!isData(from)) return from;
    if (Array.isArray(from)) return from.map((item, index) => copy(item, [...path, index]));
    if (Object.hasOwn(from, '__proto__')) return refuse([...path, '__proto__'], 'is no key here.');
    return Object.fromEntries(Object.entries(from).map(([key, item]) => [key, copy(item, [...path, key])]));
  };
  const plain = copy(value, []);
  const refused = refusal as { path: readonly PropertyKey[]; message: string } | null;
  return refused === null ? { kind: 'plain', value: plain } : { kind: 'refused', ...refused };
};

/** Options of a plugin may hold what its author likes: a date, a client, an instance of a class. */
const isData = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    Array.isArray(value) || prototype === null || prototype === Object.prototype || value === process.env
  );
};
