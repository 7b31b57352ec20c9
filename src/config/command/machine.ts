import { closeSync, openSync, readSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Files } from '../../host/host.js';

/** What the way to run a script depends on. */
export type Machine = {
  /** The Node that runs `.js` files. */
  readonly node: string;
  readonly nodeVersion: string;
  /** PATH. */
  readonly path: string;
  readonly files: Pick<Files, 'stat' | 'readText'>;
};

/** Through symlinks. */
export const statReal = (machine: Pick<Machine, 'files'>, path: string): ReturnType<Files['stat']> => {
  const stat = machine.files.stat(path);
  if (stat?.kind !== 'symlink') return stat;
  try {
    return machine.files.stat(realpathSync(path));
  } catch {
    return null; // a link to nothing
  }
};

export const isFile = (machine: Pick<Machine, 'files'>, path: string): boolean =>
  statReal(machine, path)?.kind === 'file';

const isExecutable = (machine: Machine, path: string): boolean => {
  const stat = statReal(machine, path);
  return stat?.kind === 'file' && (stat.mode & 0o111) !== 0;
};

/** A program of the PATH by its bare name. */
export const findInPath = (machine: Machine, name: string): string | null =>
  machine.path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find((path) => isExecutable(machine, path)) ?? null;

export type FileHead =
  | { readonly kind: 'shebang'; readonly words: readonly string[]; readonly executable: boolean }
  | { readonly kind: 'binary' }
  | { readonly kind: 'text'; readonly executable: boolean };

/** What the first bytes say about how a file wants to be run. */
export const headOf = (machine: Machine, path: string): FileHead => {
  const head = firstBytes(path);
  const executable = isExecutable(machine, path);
  if (head.startsWith('#!')) {
    const line = head.slice(2).split('\n', 1)[0] ?? '';
    return { kind: 'shebang', words: line.trim().split(/\s+/), executable };
  }
  return head.includes('\0') ? { kind: 'binary' } : { kind: 'text', executable };
};

const firstBytes = (path: string): string => {
  try {
    const fd = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(256);
      return bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return ''; // unreadable: the start tells why
  }
};

/** The loader of `tsx`, as the folder of a script would import it. */
export const findTsx = (script: string): string | null => {
  try {
    return pathToFileURL(createRequire(script).resolve('tsx')).href;
  } catch {
    return null; // not installed there
  }
};
