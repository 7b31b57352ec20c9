import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Files } from './host.js';
import { makeFolder } from './make-folder.js';

/** A reader sees the old text or the new one, also after a power cut; on failure the old one stays and nothing else. */
export const writeAtomic: Files['writeAtomic'] = (path, text, mode = 0o600, durability = 'durable') => {
  const folder = dirname(path);
  // Fetched here: whoever only reads does not pay for it.
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  const temporary = join(folder, `.write-${randomBytes(9).toString('hex')}`);
  try {
    writeWhole(temporary, text, mode, durability === 'durable');
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  if (durability === 'durable') syncFolder(folder);
};

const writeWhole = (path: string, text: string, mode: number, sync: boolean): void => {
  const fd = createFile(path, mode);
  try {
    fchmodSync(fd, mode);
    writeFileSync(fd, text);
    if (sync) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
};

/** The folder is made where it is missing: mostly it is there. */
const createFile = (path: string, mode: number): number => {
  try {
    return openSync(path, 'wx', mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    makeFolder(dirname(path));
    return openSync(path, 'wx', mode);
  }
};

const syncFolder = (folder: string): void => {
  let fd: number | undefined;
  try {
    fd = openSync(folder, 'r');
    fsyncSync(fd);
  } catch {
    // the file is in place; some file systems cannot sync a folder
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
};
