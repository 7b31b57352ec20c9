import {
  accessSync,
  constants,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  type Stats,
} from 'node:fs';
import type { Files, FileStat } from './host.js';
import { flush } from './flush.js';
import { makeFolder } from './make-folder.js';
import { readPlain } from './read-plain.js';
import { readRange } from './read-range.js';
import { isWritableByOthers } from './writable-by-others.js';
import { writeAtomic } from './write-atomic.js';

/** What is absent is a value; what is denied or broken is Node's own error, with its code. */
export const systemFiles: Files = {
  readPlain,
  writeAtomic,
  flush,
  readRange,
  writableByOthers: isWritableByOthers,
  readText: (path) => unlessAbsent(() => readFileSync(path, 'utf8'), null),
  remove: (path) => unlessAbsent(() => (unlinkSync(path), true), false),
  stat: (path) => unlessAbsent(() => describe(lstatSync(path)), null),
  list: (folder) => unlessAbsent(() => readdirSync(folder).toSorted(), []),
  makeFolder,
  executable: (path) => unlessAbsent(() => mayExecute(path), 'missing'),
  removeTree: (folder) => rmSync(folder, { recursive: true, force: true }),
};

const mayExecute = (path: string): 'yes' | 'no' => {
  try {
    accessSync(path, constants.X_OK);
    return 'yes';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return 'no';
    throw error;
  }
};

const unlessAbsent = <T, U>(read: () => T, absent: U): T | U => {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return absent;
    throw error;
  }
};

const describe = (stats: Stats): FileStat => ({
  kind: kindOf(stats),
  uid: stats.uid,
  mode: stats.mode & 0o7777,
  size: stats.size,
  mtimeMs: stats.mtimeMs,
  inode: stats.ino,
  device: stats.dev,
});

const kindOf = (stats: Stats): FileStat['kind'] => {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isSocket()) return 'socket';
  return stats.isFIFO() ? 'fifo' : 'other';
};
