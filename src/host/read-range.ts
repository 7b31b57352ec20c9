import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Files } from './host.js';

/**
 * For logs: files of any size, of which the end is wanted, while somebody writes to them. A FIFO or a folder is no
 * such file, and nobody waits for its other end.
 */
export const readRange: Files['readRange'] = (path, from, maxBytes) => {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return null; // not there, or not ours to read
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return null;
    const { size } = stats;
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(maxBytes, size - from)));
    const bytes = buffer.length === 0 ? 0 : readSync(fd, buffer, 0, buffer.length, from);
    return { text: buffer.toString('utf8', 0, bytes), size };
  } finally {
    closeSync(fd);
  }
};
