import { realpathSync } from 'node:fs';
import type { Files } from '../host/host.js';
import { mpmError } from '../model/errors/index.js';

/** An ecosystem file that is a program: loading it runs it. */
export const isCode = (file: string): boolean => /\.[mc]?[jt]sx?$/.test(file);

/** The user that owns a file or the link to it, when that is neither this one nor root. */
export const foreignOwner = (file: string, uid: number, files: Pick<Files, 'stat'>): number | null => {
  const owners = [file, realPath(file)].flatMap((path) => files.stat(path)?.uid ?? []);
  return owners.find((owner) => owner !== uid && owner !== 0) ?? null;
};

const realPath = (file: string): string => {
  try {
    return realpathSync(file);
  } catch {
    return file; // gone: reading it tells so
  }
};

/** Nobody's program is run because somebody stands in a folder. @throws MpmError CONFIG_FOREIGN_CODE */
export const refuseForeignCode = (file: string, uid: number, files: Pick<Files, 'stat'>): void => {
  if (!isCode(file)) return;
  const owner = foreignOwner(file, uid, files);
  if (owner !== null) throw mpmError('CONFIG_FOREIGN_CODE', { path: file, uid: owner });
};
