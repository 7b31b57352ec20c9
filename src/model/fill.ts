/** The values that `{port}`, `{host}`, `{name}`, `{instance}`, `{pid}` stand for. A name without a value is left as it is. */
export type Fill = Readonly<Record<string, string>>;

export const fillText = (text: string, fill: Fill): string =>
  text.replace(/\{([a-z]+)\}/g, (whole, name: string) => fill[name] ?? whole);

/** Fills every text inside a plain JSON value. */
export const fillAll = <T>(value: T, fill: Fill): T => {
  if (typeof value === 'string') return fillText(value, fill) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => fillAll(item, fill)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillAll(item, fill)])) as T;
};
