import { basename, dirname, join, resolve } from 'node:path';
import type { Host } from '../host/host.js';
import { namesOf } from './interop.js';
import { refuseForeignCode } from './own-code.js';

const endings = ['js', 'cjs', 'mjs', 'ts', 'json', 'yaml', 'yml'] as const;

/** Where an ecosystem file is looked for in each folder, the first one first. */
export const searchPlaces: readonly string[] = [
  ...endings.map((ending) => `ecosystem.config.${ending}`),
  'ecosystem.json',
  'ecosystem.yaml',
  'ecosystem.yml',
  ...endings.map((ending) => `mpm-io.config.${ending}`),
  'package.json',
];

/** The property of package.json that is an ecosystem file. */
export const packageProperty = 'mpm-io';

export type FindRequest = {
  readonly cwd: string;
  /** Of the user: nothing above it is looked at. */
  readonly home: string;
  readonly host: { readonly files: Pick<Host['files'], 'stat' | 'readText'> };
  readonly uid: number;
};

/**
 * The ecosystem file for a folder: in it, or in one above it up to the one that holds `.git`, the home, or the root.
 * Where no candidate lies in any of them, no library is imported: most commands pass here.
 * @throws MpmError CONFIG_FOREIGN_CODE
 */
export const findEcosystem = async ({ cwd, home, host, uid }: FindRequest): Promise<string | null> => {
  const candidates = foldersUp(resolve(cwd), home, host).filter((folder) => hasCandidate(folder, host));
  if (candidates.length === 0) return null;
  const { cosmiconfigSync } = namesOf(await import('cosmiconfig'));
  // Not the asynchronous one: it would start Node's threads for a few looks at the disk.
  const explorer = cosmiconfigSync('mpm-io', {
    searchPlaces: [...searchPlaces],
    searchStrategy: 'none',
    packageProp: [packageProperty],
    ignoreEmptySearchPlaces: false,
    cache: false,
    loaders: Object.fromEntries(
      [...endings.map((ending) => `.${ending}`), 'noExt'].map((ending) => [ending, onlyFound]),
    ),
  });
  for (const folder of candidates) {
    const found = explorer.search(folder);
    if (found === null) continue;
    refuseForeignCode(found.filepath, uid, host.files);
    return found.filepath;
  }
  return null;
};

/** It is searched here and read elsewhere: only package.json must be looked into. */
const onlyFound = (path: string, content: string): unknown => {
  if (basename(path) !== 'package.json') return { found: true };
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return {}; // a broken package.json is npm's to complain about
  }
};

const foldersUp = (cwd: string, home: string, host: FindRequest['host']): readonly string[] => {
  const folders = [cwd];
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (folder !== cwd) folders.push(folder);
    const last =
      folder === home || dirname(folder) === folder || host.files.stat(join(folder, '.git')) !== null;
    if (last) return folders;
  }
};

const hasCandidate = (folder: string, host: FindRequest['host']): boolean =>
  candidateIn(folder, host) !== undefined;

/** The name of the first file in a folder that may be an ecosystem file. */
export const candidateIn = (folder: string, host: FindRequest['host']): string | undefined =>
  searchPlaces.find((name) => {
    const path = join(folder, name);
    const stat = host.files.stat(path);
    if (stat === null || stat.kind === 'folder') return false;
    return name !== 'package.json' || host.files.readText(path)?.includes(`"${packageProperty}"`) === true;
  });
