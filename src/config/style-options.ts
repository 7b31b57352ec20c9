import type { StandardResult, StandardSchema } from '../plugin/contract.js';
import { suggest } from '../model/suggest.js';

export type OptionMistake = {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly suggestion: string | null;
};

type Options = Readonly<Record<string, unknown>>;
type Checked = { readonly options: Options; readonly mistakes: readonly OptionMistake[] };

/** A style's own keys of one server, as its schema leaves them. A key that neither knows is a mistake. */
export const checkOptions = async (
  style: string,
  given: Options,
  schema: StandardSchema | undefined,
): Promise<Checked> => {
  if (schema === undefined) {
    const known = Object.keys(given).length === 0 ? [] : await coreKeys();
    return {
      options: deepFreeze({}),
      mistakes: Object.keys(given).map((key) => unknownKey(key, style, known)),
    };
  }
  const result = await validate(schema, given, style);
  const unknown = await unknownKeys(schema, given, result, style);
  const told = (result.issues ?? []).filter(isUnknownKeys).flatMap(({ known = [] }) => known);
  const known =
    unknown.length === 0 ? [] : [...told, ...(await coreKeys()), ...(await keysOfSchema(schema, style))];
  const mistakes = [
    ...unknown.map((key) => unknownKey(key, style, known)),
    ...(result.issues ?? [])
      .filter((issue) => !isUnknownKeys(issue))
      .map((issue) => ({
        path: (issue.path ?? []).flatMap((step) => stepOf(step) ?? []),
        message: `${issue.message} (a key of ${style})`,
        suggestion: null,
      })),
  ];
  const value = result.issues === undefined ? result.value : {};
  return { options: deepFreeze(isOptions(value) ? value : {}), mistakes };
};

type Step = NonNullable<NonNullable<StandardResult<unknown>['issues']>[number]['path']>[number];

const stepOf = (step: Step | undefined): PropertyKey | undefined =>
  typeof step === 'object' ? step.key : step;

const isOptions = (value: unknown): value is Options => typeof value === 'object' && value !== null;

const unknownKey = (key: string, style: string, known: readonly string[]): OptionMistake => ({
  path: [key],
  message: `is no key of a server, nor of the style ${style}.`,
  suggestion: suggest(key, known),
});

const coreKeys = async (): Promise<readonly string[]> => (await import('./servers/server.js')).serverKeys;

/** A schema that throws is a mistake of its author, told as one of the server. */
const validate = async (
  schema: StandardSchema,
  value: unknown,
  style: string,
): Promise<StandardResult<unknown>> => {
  try {
    return await schema['~standard'].validate(value);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { issues: [{ message: `the schema of ${style} failed: ${why}` }] };
  }
};

type Issue = NonNullable<StandardResult<unknown>['issues']>[number];

type UnknownKeys = Issue & { readonly keys: readonly string[]; readonly known?: readonly string[] };

/** Zod's own word for keys that a strict object does not know; the built-in styles say it per key, with those that they know. */
const isUnknownKeys = (issue: Issue): issue is UnknownKeys => {
  if (!('keys' in issue) || !Array.isArray(issue.keys)) return false;
  const { path = [] } = issue;
  return path.length === 0 || (path.length === 1 && issue.keys.includes(stepOf(path[0])));
};

/** Keys that a strict schema refuses, and those that a lenient one drops without having looked at them. */
const unknownKeys = async (
  schema: StandardSchema,
  given: Options,
  result: StandardResult<unknown>,
  style: string,
): Promise<readonly string[]> => {
  if (result.issues !== undefined) {
    const named = result.issues.filter(isUnknownKeys).flatMap(({ keys }) => keys);
    if (named.length > 0) return named;
    // A lenient schema tells of what it drops only where nothing is wrong: it is asked again without what is.
    const wrong = new Set(result.issues.map(({ path = [] }) => String(stepOf(path[0]))));
    const rest = Object.fromEntries(Object.entries(given).filter(([key]) => !wrong.has(key)));
    const again = await validate(schema, rest, style);
    return again.issues === undefined ? unknownKeys(schema, rest, again, style) : [];
  }
  const kept = isOptions(result.value) ? result.value : {};
  const dropped = Object.keys(given).filter((key) => !Object.hasOwn(kept, key));
  const unread = await Promise.all(
    dropped.map(async (key) => {
      const other = await validate(schema, { ...given, [key]: Symbol('unread') }, style);
      return other.issues === undefined && isOptions(other.value) && !Object.hasOwn(other.value, key);
    }),
  );
  return dropped.filter((_, index) => unread[index] === true);
};

/** As far as its own answers tell: what it fills in, and what it misses. */
const keysOfSchema = async (schema: StandardSchema, style: string): Promise<readonly string[]> => {
  const ofNothing = await validate(schema, {}, style);
  if (ofNothing.issues === undefined) return isOptions(ofNothing.value) ? Object.keys(ofNothing.value) : [];
  return ofNothing.issues.flatMap(({ path = [] }) => {
    const first = stepOf(path[0]);
    return first === undefined ? [] : [String(first)];
  });
};

const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
};
