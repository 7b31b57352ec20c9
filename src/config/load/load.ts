import { basename } from 'node:path';
import type { Files } from '../../host/host.js';
import type { ConfigArguments } from '../define.js';
import { packageProperty } from '../find.js';
import { isCode } from '../own-code.js';
import { broken, neverTwice, noLines, type Loaded } from './document.js';
import { loadJson } from './json.js';
import { loadYaml } from './yaml.js';

const mostBytes = 4 * 1024 ** 2;

/** A document beside the place in it where the ecosystem file stands. */
export type LoadedFile = { readonly loaded: Loaded; readonly prefix: readonly PropertyKey[] };

/** Loads a file by its name's ending. */
export const loadFile = async (
  file: string,
  bytes: number,
  files: Pick<Files, 'readText'>,
  given: ConfigArguments,
  timeout: number,
): Promise<LoadedFile> => {
  if (bytes > mostBytes)
    return plain(broken(file, `The file has ${bytes} bytes: an ecosystem file has at most ${mostBytes}.`));
  if (isCode(file)) {
    const { loadModule } = await import('./module.js');
    return plain(await loadModule(file, given, timeout));
  }
  const read = files.readText(file);
  if (read === null) return plain(broken(file, 'The file cannot be read.'));
  const text = read.replace(/^\uFEFF/, '');
  if (basename(file) === 'package.json')
    return ofPackage(file, await guarded(file, () => loadJson(file, text)));
  if (/\.json[5c]?$/i.test(file))
    return plain(text.trim() === '' ? empty() : await guarded(file, () => loadJson(file, text)));
  if (/\.ya?ml$/i.test(file)) return plain(await guarded(file, () => loadYaml(file, text)));
  return plain(broken(file, 'An ecosystem file ends in .json, .yaml, .yml, .js, .cjs, .mjs or .ts.'));
};

const plain = (loaded: Loaded): LoadedFile => ({ loaded, prefix: [] });

const empty = (): Loaded => ({
  kind: 'document',
  document: { value: undefined, lines: noLines, twice: neverTwice },
});

/** The parsers call themselves for each level: endless nesting ends in their stack. */
const guarded = async (file: string, load: () => Promise<Loaded>): Promise<Loaded> => {
  try {
    return await load();
  } catch (error) {
    if (error instanceof RangeError) return broken(file, 'The file is nested too deeply.');
    throw error;
  }
};

const ofPackage = (file: string, loaded: Loaded): LoadedFile => {
  if (loaded.kind === 'broken') return plain(loaded);
  const { value } = loaded.document;
  const inner: unknown =
    typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)[packageProperty]
      : undefined;
  if (inner === undefined) return plain(broken(file, `It has no key "${packageProperty}".`));
  return {
    loaded: { kind: 'document', document: { ...loaded.document, value: inner } },
    prefix: [packageProperty],
  };
};
