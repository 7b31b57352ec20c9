import * as z from 'zod';

/** What parsing the whole gives, or the issues it would find. */
export type Parsed<Output> =
  | { readonly success: true; readonly data: Output }
  | { readonly success: false; readonly issues: readonly z.core.$ZodIssue[] };

/**
 * Parses an object as its schema would, and looks only at the keys that are there: most servers give five of fifty, and
 * a default is the same for all. Only for a loose object without refinements of the whole.
 */
export const createPresentParser = <Schema extends z.ZodObject>(
  schema: Schema,
  /** The keys that are looked at even where they are missing, with a value that is right. */
  required: Readonly<Record<string, unknown>>,
): ((raw: Readonly<Record<string, unknown>>) => Parsed<z.output<Schema>>) => {
  const { shape } = schema;
  const keys = Object.keys(shape);
  const known = new Set(keys);
  let defaults: z.output<Schema> | undefined;
  return (raw) => {
    defaults ??= schema.parse(required);
    const data: Record<string, unknown> = { ...defaults };
    const issues: z.core.$ZodIssue[] = [];
    for (const key of keys) {
      if (!Object.hasOwn(raw, key) && !Object.hasOwn(required, key)) continue;
      const parsed = z.safeParse(shape[key] as z.ZodType, raw[key]);
      if (parsed.success) data[key] = parsed.data;
      else issues.push(...parsed.error.issues.map((issue) => ({ ...issue, path: [key, ...issue.path] })));
    }
    for (const key of Object.keys(raw)) if (!known.has(key)) data[key] = raw[key];
    return issues.length === 0
      ? { success: true, data: data as z.output<Schema> }
      : { success: false, issues };
  };
};
