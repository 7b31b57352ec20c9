import { lstatSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * May users other than its owner and root put a file at this path? Its folder must not be open to group or world,
 * sticky or not. Nor may those above it, except that below a sticky folder (/tmp) nobody can replace what belongs
 * to the owner. Looked at twice, as written and with links resolved.
 */
export const isWritableByOthers = (path: string): boolean => {
  const written = resolve(path);
  const trusted = new Set([0, ownerOf(written)]);
  return foldersAreOpen(written, trusted) || foldersAreOpen(resolveFolder(written), trusted);
};

/** Of the file, or of the nearest folder there is. */
const ownerOf = (path: string): number => {
  const stats = look(lstatSync, path);
  if (stats !== null) return stats.uid;
  return path === dirname(path) ? 0 : ownerOf(dirname(path));
};

const foldersAreOpen = (path: string, trusted: ReadonlySet<number>): boolean => {
  let entry = path;
  let nearest = true;
  while (entry !== dirname(entry)) {
    const folder = look(statSync, dirname(entry));
    if (folder !== null) {
      const kept = !nearest && isSticky(folder) && trusted.has(look(lstatSync, entry)?.uid ?? -1);
      if (!trusted.has(folder.uid)) return true;
      if (isOpen(folder) && !kept) return true;
      nearest = false;
    }
    entry = dirname(entry);
  }
  return false;
};

const isOpen = (folder: Stats): boolean => (folder.mode & 0o022) !== 0;
const isSticky = (folder: Stats): boolean => (folder.mode & 0o1000) !== 0;

const resolveFolder = (path: string): string => {
  try {
    return resolve(realpathSync(dirname(path)), 'file');
  } catch {
    return path; // the folder is missing: what is written is all there is
  }
};

const look = (stat: (path: string) => Stats, path: string): Stats | null => {
  try {
    return stat(path);
  } catch {
    return null; // missing, or not visible to this user
  }
};
