import * as z from 'zod';
import { explain, type Mistake } from './explain.js';
import { cut, ownCopy, startsWith, valueAt } from './cut.js';

type Path = readonly PropertyKey[];

export type Salvaged<Output> = {
  /** Everything that is right, with every default; what is wrong is left out. */
  readonly data: Output;
  readonly mistakes: readonly Mistake[];
  /** It, or what it lies in, was left out; or a misspelt key stands for it. What needs it cannot be judged. */
  readonly isLost: (...path: Path) => boolean;
};

/**
 * Parses an object as its schema would, and looks only at the keys that are there: most servers give five of fifty, and
 * a default is the same for all. What is wrong is left out and the rest parsed again, so that everything wrong is told at
 * once. Only for a loose object without refinements of the whole.
 */
export const createPresentParser = <Schema extends z.ZodObject>(
  schema: Schema,
  /** The keys that are looked at even where they are missing, with a value that is right. */
  required: Readonly<Record<string, unknown>>,
): ((raw: Readonly<Record<string, unknown>>) => Salvaged<z.output<Schema>>) => {
  const { shape } = schema;
  const keys = Object.keys(shape);
  const known = new Set(keys);
  let defaults: z.output<Schema> | undefined;
  return (raw) => {
    defaults ??= schema.parse(required);
    const data: Record<string, unknown> = { ...defaults };
    const mistakes: Mistake[] = [];
    const lost: Path[] = [];
    for (const key of keys) {
      if (!Object.hasOwn(raw, key) && !Object.hasOwn(required, key)) continue;
      const parsed = z.safeParse(shape[key] as z.ZodType, raw[key]);
      if (parsed.success) data[key] = parsed.data;
      else {
        const rest = salvage(schema, key, raw[key], parsed.error.issues);
        mistakes.push(...rest.mistakes);
        lost.push(...rest.lost);
        if ('data' in rest) data[key] = rest.data;
      }
    }
    for (const key of Object.keys(raw)) if (!known.has(key)) data[key] = raw[key];
    const meant = mistakes.flatMap(({ path, suggestion }) =>
      suggestion === null ? [] : [[...path.slice(0, -1), suggestion]],
    );
    return {
      data: data as z.output<Schema>,
      mistakes,
      isLost: (...path) => [...lost, ...meant].some((gone) => startsWith(path, gone)),
    };
  };
};

type Rest = {
  readonly mistakes: readonly Mistake[];
  readonly lost: readonly Path[];
  readonly data?: unknown;
};

/** Leaves out what is wrong until the rest is right. Each round leaves out something, so there is an end. */
const salvage = (
  schema: z.ZodObject,
  key: string,
  value: unknown,
  first: readonly z.core.$ZodIssue[],
): Rest => {
  const mistakes = new Map<string, Mistake>();
  const lost: Path[] = [];
  const rest: Record<PropertyKey, unknown> = { [key]: ownCopy(value) };
  for (let issues = first; ;) {
    const found = explain(
      schema,
      rest,
      issues.map((issue) => ({ ...issue, path: [key, ...issue.path] })),
    );
    for (const mistake of found) {
      const isTold = beginnings(mistake.path).some((beginning) => mistakes.has(beginning));
      if (!isTold && !isMisspelt(mistake, found, rest)) mistakes.set(textOf(mistake.path), mistake);
    }
    const now = new Set<string>();
    for (const { path } of found) {
      if (beginnings(path).some((beginning) => now.has(beginning))) continue;
      const gone = cut(rest, path);
      now.add(textOf(gone));
      lost.push(gone);
    }
    if (!Object.hasOwn(rest, key)) return { mistakes: [...mistakes.values()], lost };
    const parsed = z.safeParse(schema.shape[key] as z.ZodType, rest[key]);
    if (parsed.success) return { mistakes: [...mistakes.values()], lost, data: parsed.data };
    issues = parsed.error.issues;
  }
};

const textOf = (path: Path): string => path.map(String).join('\0');

const beginnings = (path: Path): readonly string[] =>
  path.map((_step, index) => textOf(path.slice(0, index + 1)));

/** A key that is missing because a misspelt one beside it stands for it: that is one mistake. */
const isMisspelt = ({ path }: Mistake, found: readonly Mistake[], value: unknown): boolean =>
  valueAt(value, path) === undefined &&
  found.some(
    (other) =>
      other.suggestion === path.at(-1) &&
      other.path.length === path.length &&
      startsWith(path, other.path.slice(0, -1)),
  );
