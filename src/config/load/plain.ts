import { messageOf } from '../../model/errors/index.js';

type Path = readonly PropertyKey[];

type Refusal = { readonly path: Path; readonly message: string };

export type Plain = {
  readonly value: unknown;
  /** What cannot be data. Each of them is `unusable` in the value. */
  readonly refusals: readonly Refusal[];
  /** It has no end, or nearly none: the value is not to be looked at. */
  readonly isEndless: boolean;
};

/** Stands where something is that was refused: it is there, it is wrong, and it has been told. */
export const unusable = Symbol('unusable');

const deepest = 60;
const mostValues = 200_000;

/** What ends the copy: there is no sense in going on. */
class Endless extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/**
 * A copy that holds nothing but data: no cycle, no endless depth, no key that would reach a prototype. Regular
 * expressions become their text. Reading the object of a program runs code of it, which may throw or never end.
 */
export const plainCopy = (value: unknown): Plain => {
  const refusals: Refusal[] = [];
  const copy = copier(refusals);
  try {
    return { value: copy(value, []), refusals, isEndless: false };
  } catch (error) {
    if (error instanceof Endless) return { value: undefined, refusals: [error.refusal], isEndless: true };
    throw error;
  }
};

const copier = (refusals: Refusal[]): ((from: unknown, path: Path) => unknown) => {
  let values = 0;
  const refuse = (path: Path, message: string): typeof unusable => {
    refusals.push({ path, message });
    return unusable;
  };
  const count = (more: number): void => {
    values += more;
    if (values > mostValues)
      throw new Endless({ path: [], message: `The file holds more than ${mostValues} values.` });
  };
  const copy = (from: unknown, path: Path): unknown => {
    count(1);
    if (typeof from !== 'object' || from === null) return from;
    if (path.length > deepest)
      throw new Endless({
        path: path.slice(0, 3),
        message: `is nested more than ${deepest} levels deep, or holds itself`,
      });
    try {
      return copyObject(from, path);
    } catch (error) {
      if (error instanceof Endless || isStackOverflow(error)) throw error;
      return refuse(path, `throws when it is read: ${firstLineOf(error)}`);
    }
  };
  const copyObject = (from: object, path: Path): unknown => {
    if (from instanceof RegExp) return String(from);
    if (Array.isArray(from)) {
      count(from.length); // also of what is not there: a list may say it has a thousand million
      return Array.from(from, (item: unknown, index) => copy(item, [...path, index]));
    }
    if (!isData(from)) {
      // Options of a plugin may hold what its author likes: a date, a client, an instance of a class.
      if (path[0] === 'plugins') return from;
      const kind = kindOf(from);
      if (kind !== 'Object')
        return refuse(
          path,
          kind === 'Promise'
            ? 'must be data, not a promise: export an async function that waits for it.'
            : `must be data, not a ${kind}.`,
        );
    }
    const into: Record<string, unknown> = {};
    for (const key of Object.keys(from)) {
      if (key === '__proto__') refuse([...path, key], 'is no key here.');
      else into[key] = read(from as Readonly<Record<string, unknown>>, key, path);
    }
    return into;
  };
  const read = (from: Readonly<Record<string, unknown>>, key: string, path: Path): unknown => {
    const inner = [...path, key];
    let item: unknown;
    try {
      item = from[key];
    } catch (error) {
      return refuse(inner, `throws when it is read: ${firstLineOf(error)}`);
    }
    return copy(item, inner);
  };
  return copy;
};

const isStackOverflow = (error: unknown): boolean => error instanceof RangeError;

/** `Map`, `Date`, `Promise`; `Object` also for an instance of a class, whose own keys are data enough. */
const kindOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

const isData = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || value === process.env;
};

export const firstLineOf = (thrown: unknown): string => messageOf(thrown).split('\n')[0] ?? '';
