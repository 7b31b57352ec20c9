import { type StandardResult, type StandardSchema, suggest } from 'mpm-io/plugin';

/** What is wrong with a value, in words that follow its name; `null` when nothing is. */
export type Check = (value: unknown) => string | null;

/** A Standard Schema of an object whose keys are all known. It hands the value on as it is. */
export const strictSchema = <Output>(checks: Readonly<Record<string, Check>>): StandardSchema<Output> => ({
  '~standard': {
    version: 1,
    vendor: 'mpm-io',
    validate: (value) => validate<Output>(value, checks),
  },
});

const validate = <Output>(
  value: unknown,
  checks: Readonly<Record<string, Check>>,
): StandardResult<Output> => {
  if (value === undefined) return { value: {} as Output };
  if (!isObject(value)) return { issues: [{ message: 'must be an object' }] };
  const issues = Object.entries(value).flatMap(([key, item]) => {
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (check === undefined) {
      const known = Object.keys(checks);
      return [{ message: `unknown key${nearest(key, known)}`, path: [key], keys: [key], known }];
    }
    const message = check(item);
    return message === null ? [] : [{ message, path: [key] }];
  });
  return issues.length > 0 ? { issues } : { value: value as Output };
};

const nearest = (key: string, known: readonly string[]): string => {
  const near = suggest(key, known);
  return near === null ? ` (known: ${known.join(', ')})` : `: did you mean ${near}?`;
};

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isText: Check = (value) =>
  typeof value === 'string' && value !== '' ? null : 'must be a text that is not empty';

export const isFlag: Check = (value) => (typeof value === 'boolean' ? null : 'must be true or false');

export const isOneOf =
  (words: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && words.includes(value) ? null : `must be one of ${words.join(', ')}`;

export const isTextOrTexts: Check = (value) =>
  [value].flat().length > 0 && [value].flat().every((item) => isText(item) === null)
    ? null
    : 'must be a text or a list of texts';

/** An object, each of whose keys is known; says which key is wrong. */
export const isObjectOf =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    const result = validate(value ?? null, checks);
    const [issue] = result.issues ?? [];
    return issue === undefined
      ? null
      : `${issue.path === undefined ? '' : `${issue.path.map(String).join('.')} `}${issue.message}`;
  };
