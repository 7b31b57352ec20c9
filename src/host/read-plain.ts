import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { FileRead } from './host.js';

type Refusal = Extract<FileRead, { kind: 'refused' }>;

/**
 * For files that somebody else may have planted, such as PID files. What it opened is looked at, not what stood
 * there before: O_NOFOLLOW refuses a link, O_NONBLOCK does not wait for the other end of a FIFO.
 */
export const readPlain = (path: string, maxBytes: number): FileRead => {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
  let fd: number;
  try {
    fd = openSync(path, flags);
  } catch (error) {
    return explainOpen(path, error as NodeJS.ErrnoException);
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return refused('not-a-file', `${path} is not a plain file.`);
    const text = stats.size > maxBytes ? null : readUpTo(fd, maxBytes, stats.size);
    if (text === null) return refused('too-large', `${path} is larger than ${maxBytes} bytes.`);
    return { kind: 'text', text, uid: stats.uid, mode: stats.mode & 0o7777, mtimeMs: stats.mtimeMs };
  } catch (error) {
    return refused('unreadable', `${path} cannot be read: ${(error as Error).message}`);
  } finally {
    closeSync(fd);
  }
};

const explainOpen = (path: string, error: NodeJS.ErrnoException): FileRead => {
  switch (error.code ?? '') {
    case 'ENOENT':
    case 'ENOTDIR':
      return { kind: 'missing' };
    case 'ELOOP':
    case 'EMLINK':
      return refused('symlink', `${path} is a symbolic link.`);
    case 'ENXIO':
    case 'EOPNOTSUPP':
      return refused('not-a-file', `${path} is not a plain file.`);
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      throw error; // wrong with us, not with the file: a record that is there is not to be called missing
    default:
      return refused('unreadable', `${path} cannot be read: ${error.message}`);
  }
};

const refused = (why: Refusal['why'], text: string): Refusal => ({ kind: 'refused', why, text });

/**
 * `null` when there is more: the size of a file under /proc, or of one that grows, says nothing. What is set aside
 * follows the size that is told, and grows with what comes: a small record does not cost its largest size.
 */
const readUpTo = (fd: number, maxBytes: number, told: number): string | null => {
  let buffer = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(told, 1023)) + 1);
  let filled = 0;
  while (filled <= maxBytes) {
    const bytes = readSync(fd, buffer, filled, buffer.length - filled, null);
    if (bytes === 0) return buffer.toString('utf8', 0, filled);
    filled += bytes;
    if (filled === buffer.length && filled <= maxBytes)
      buffer = Buffer.concat([buffer], Math.min(maxBytes + 1, 2 * filled));
  }
  return null;
};
