import type { Node, ParseError } from 'jsonc-parser';
import { namesOf } from '../interop.js';
import { broken, lineAt, neverTwice, noLines, type LineOf, type Loaded } from './document.js';
import { keysTwice } from './keys-twice.js';

/**
 * JSON as pm2 takes it, which evaluates it: comments, trailing commas, keys without quotes, single quotes.
 * Each reader is imported only when the stricter one before it has failed, or a line is asked for.
 */
export const loadJson = async (file: string, text: string): Promise<Loaded> => {
  const strict = strictly(text);
  if (strict !== undefined)
    return {
      kind: 'document',
      document: {
        value: strict.value,
        lines: async () => linesOf(text, await readTree(text, [])),
        twice: () => keysTwice(text),
      },
    };
  const errors: ParseError[] = [];
  const tree = await readTree(text, errors);
  if (errors.length === 0 && tree !== undefined)
    return {
      kind: 'document',
      document: {
        value: valueOf(tree),
        lines: () => Promise.resolve(linesOf(text, tree)),
        twice: () => twiceIn(tree, []),
      },
    };
  return loadJson5(file, text, errors[0]);
};

const readTree = async (text: string, errors: ParseError[]): Promise<Node | undefined> => {
  const { parseTree } = namesOf(await import('jsonc-parser'));
  return parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
};

const loadJson5 = async (file: string, text: string, first: ParseError | undefined): Promise<Loaded> => {
  const json5 = namesOf((await import('json5')).default);
  try {
    return { kind: 'document', document: { value: json5.parse(text), lines: noLines, twice: neverTwice } };
  } catch (error) {
    const { printParseErrorCode } = namesOf(await import('jsonc-parser'));
    const line = lineOfJson5(error) ?? (first === undefined ? null : lineAt(text, first.offset));
    const why = first === undefined ? 'it does not parse' : inWords(printParseErrorCode(first.error));
    return broken(file, `This is not valid JSON: ${why}.${evaluatedHint(text)}`, line);
  }
};

const strictly = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined; // the lenient readers say what is wrong
  }
};

const linesOf =
  (text: string, root: Node | undefined): LineOf =>
  (path) =>
    root === undefined ? null : lineAt(text, nodeAt(root, path).offset);

/** The part at a path, or the nearest one above it; of equal keys the last, which is the one that counts. */
const nodeAt = (root: Node, path: readonly PropertyKey[]): Node => {
  let node = root;
  for (const [depth, step] of path.entries()) {
    const children = node.children ?? [];
    if (node.type === 'array') {
      const element = typeof step === 'number' ? children[step] : undefined;
      if (element === undefined) return node;
      node = element;
      continue;
    }
    const property = children.findLast((child) => child.children?.[0]?.value === step);
    const inner = property?.children?.[1];
    if (property === undefined) return node;
    if (depth === path.length - 1 || inner === undefined) return property;
    node = inner;
  }
  return node;
};

const twiceIn = (node: Node, path: readonly PropertyKey[]): readonly (readonly PropertyKey[])[] => {
  const children = node.children ?? [];
  if (node.type === 'array') return children.flatMap((child, index) => twiceIn(child, [...path, index]));
  const seen = new Set<string>();
  return children.flatMap(({ children: [key, inner] = [] }) => {
    const name = String(key?.value);
    const own = [...path, name];
    const isTwice = seen.has(name);
    seen.add(name);
    return [...(isTwice ? [own] : []), ...(inner === undefined ? [] : twiceIn(inner, own))];
  });
};

const valueOf = (node: Node): unknown => {
  if (node.type === 'array') return (node.children ?? []).map(valueOf);
  if (node.type !== 'object') return node.value as unknown;
  const value: Record<string, unknown> = {};
  for (const property of node.children ?? []) {
    const [key, inner] = property.children ?? [];
    if (key === undefined || inner === undefined) continue;
    Object.defineProperty(value, String(key.value), {
      value: valueOf(inner),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return value;
};

const lineOfJson5 = (error: unknown): number | null =>
  error instanceof SyntaxError && 'lineNumber' in error && typeof error.lineNumber === 'number'
    ? error.lineNumber
    : null;

const inWords = (code: string): string => code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();

const evaluatedHint = (text: string): string =>
  /process\.env|require\(|module\.exports/.test(text) ? ' It holds JavaScript: name it .cjs instead.' : '';
