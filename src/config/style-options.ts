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
  const known = unknown.length === 0 ? [] : [...(await coreKeys()), ...(await keysOfSchema(schema, style))];
  const mistakes = [
    ...unknown.map((key) => unknownKey(key, style, known)),
    ...(result.issues ?? [])
      .filter((issue) => !isUnknownKeys(issue))
      .map((issue) => ({
        path: (issue.path ?? []).map((step) => (typeof step === 'object' ? step.key : step)),
        message: `${issue.message} (a key of ${style})`,
        suggestion: null,
      })),
  ];
  const value = result.issues === undefined ? result.value : {};
  return { options: deepFreeze(isOptions(value) ? value : {}), mistakes };
};

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

/** Zod's own word for keys that a strict object does not know; other libraries name the key in the path. */
const isUnknownKeys = (issue: Issue): issue is Issue & { readonly keys: readonly string[] } =>
  'keys' in issue && Array.isArray(issue.keys) && (issue.path ?? []).length === 0;

/** Keys that a strict schema refuses, and those that a lenient one drops without having looked at them. */
const unknownKeys = async (
  schema: StandardSchema,
  given: Options,
  result: StandardResult<unknown>,
  style: string,
): Promise<readonly string[]> => {
  if (result.issues !== undefined) return result.issues.filter(isUnknownKeys).flatMap(({ keys }) => keys);
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
    const [first] = path;
    return first === undefined ? [] : [String(typeof first === 'object' ? first.key : first)];
  });
};

const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
};
