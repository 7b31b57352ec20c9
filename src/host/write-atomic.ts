import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from './make-folder.js';

/** A reader sees the old text or the new one, also after a power cut; on failure the old one stays and nothing else. */
export const writeAtomic = (path: string, text: string, mode = 0o600): void => {
  const folder = dirname(path);
  makeFolder(folder);
  const temporary = join(folder, `.write-${process.pid}-${Math.random().toString(36).slice(2)}`);
  try {
    writeWhole(temporary, text, mode);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
};

const writeWhole = (path: string, text: string, mode: number): void => {
  const fd = openSync(path, 'wx', mode);
  try {
    fchmodSync(fd, mode);
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
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
