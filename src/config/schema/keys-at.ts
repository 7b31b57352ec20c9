import type { z } from 'zod';

type Definition = {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
};

/** The keys that a schema knows at a path: what a misspelt key may have meant. */
export const keysAt = (schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] =>
  path
    .reduce((found, step) => found.flatMap((at) => stepInto(at, step)), unwrap(schema))
    .flatMap((at) => Object.keys(definition(at).shape ?? {}));

const definition = (schema: z.core.$ZodType): Definition => schema._zod.def;

const stepInto = (schema: z.core.$ZodType, step: PropertyKey): readonly z.core.$ZodType[] => {
  const { shape, element } = definition(schema);
  const next =
    typeof step === 'number'
      ? element
      : shape !== undefined && Object.hasOwn(shape, step)
        ? shape[String(step)]
        : undefined;
  return next === undefined ? [] : unwrap(next);
};

/** Through optional, default, transform and choice, down to what has keys or elements. */
const unwrap = (schema: z.core.$ZodType): readonly z.core.$ZodType[] => {
  const { innerType, in: input, options } = definition(schema);
  if (options !== undefined) return options.flatMap(unwrap);
  const inner = innerType ?? input;
  return inner === undefined ? [schema] : unwrap(inner);
};
