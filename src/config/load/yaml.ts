import type { Document, LineCounter } from 'yaml';
import { namesOf } from '../interop.js';
import { broken, neverTwice, type Loaded } from './document.js';

export const loadYaml = async (file: string, text: string): Promise<Loaded> => {
  const { isNode, isPair, isMap, LineCounter, parseDocument, visit } = namesOf(await import('yaml'));
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    logLevel: 'error', // else it prints warnings of its own
    uniqueKeys: true,
  });
  const mistakes = [
    ...document.errors.map(({ pos: [at], message }) => ({ at, message: message.split('\n')[0] ?? '' })),
    // A tag that nobody knows, such as !!js/function: its value would be taken for a plain text.
    ...document.warnings.map(({ pos: [at], message }) => ({ at, message: message.split('\n')[0] ?? '' })),
  ];
  if (document.errors.length === 0)
    visit(document, {
      Alias: (_key, alias) => {
        if (alias.resolve(document) === undefined)
          mistakes.push({
            at: alias.range?.[0] ?? 0,
            message: `*${alias.source} is the name of no anchor before it`,
          });
      },
    });
  if (mistakes.length > 0)
    return {
      kind: 'broken',
      problems: mistakes.map(({ at, message }) => ({
        file,
        path: '',
        line: positionOf(lines, at),
        message: `This is not valid YAML: ${message}`,
        suggestion: null,
      })),
    };
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    for (let length = path.length; length >= 0; length -= 1) {
      const offset = offsetAt(document, path.slice(0, length));
      if (offset !== null) return positionOf(lines, offset);
    }
    return null;
  };
  const offsetAt = (root: Document, path: readonly PropertyKey[]): number | null => {
    const parent = path.length === 0 ? root.contents : root.getIn(path.slice(0, -1), true);
    if (isMap(parent) && path.length > 0) {
      const pair = parent.items.find((item) => isPair(item) && String(item.key) === String(path.at(-1)));
      if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0] ?? null;
    }
    const node = path.length === 0 ? root.contents : root.getIn(path, true);
    return isNode(node) ? (node.range?.[0] ?? null) : null;
  };
  try {
    return {
      kind: 'document',
      document: {
        value: document.toJS({ maxAliasCount: 100 }) as unknown,
        lines: () => Promise.resolve(lineOf),
        twice: neverTwice, // an error of the format
      },
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return broken(file, `This YAML cannot be read: ${why}`);
  }
};

const positionOf = (lines: LineCounter, offset: number): number => lines.linePos(offset).line;
