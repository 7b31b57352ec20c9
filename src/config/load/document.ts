import type { ConfigProblem } from '../../model/errors/config.js';

/** A file's value, and where in the file a part of it stands. */
export type SourceDocument = {
  readonly value: unknown;
  /** `null` where the format tells no lines. */
  readonly lineOf: (path: readonly PropertyKey[]) => number | null;
};

export type Loaded =
  | { readonly kind: 'document'; readonly document: SourceDocument }
  | { readonly kind: 'broken'; readonly problems: readonly ConfigProblem[] };

export const broken = (file: string, message: string, line: number | null = null): Loaded => ({
  kind: 'broken',
  problems: [{ file, path: '', line, message, suggestion: null }],
});

export const lineAt = (text: string, offset: number): number => {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
};

/** `servers[0].ready.http`. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const name = String(step);
    if (!/^[\w$@-]+$/u.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
