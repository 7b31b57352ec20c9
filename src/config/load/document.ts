import type { ConfigProblem } from '../../model/errors/config.js';

/** A file's value, and where in the file a part of it stands. */
export type SourceDocument = {
  readonly value: unknown;
  /** Read on the first question only: most files have nothing wrong with them. */
  readonly lines: () => Promise<LineOf>;
  /** Keys that stand twice in one object, where the format lets that pass. */
  readonly twice: () => readonly (readonly PropertyKey[])[];
};

export const neverTwice = (): readonly (readonly PropertyKey[])[] => [];

/** The line of a part of a file, or of the nearest part above it; `null` where the format tells none. */
export type LineOf = (path: readonly PropertyKey[]) => number | null;

export const noLines = (): Promise<LineOf> => Promise.resolve(() => null);

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
