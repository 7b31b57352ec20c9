import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Files } from './host.js';

/** For logs: files of any size, of which the end is wanted, while somebody writes to them. */
export const readRange: Files['readRange'] = (path, from, maxBytes) => {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return null; // not there, or not ours to read
  }
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(maxBytes, size - from)));
    const bytes = buffer.length === 0 ? 0 : readSync(fd, buffer, 0, buffer.length, from);
    return { text: buffer.toString('utf8', 0, bytes), size };
  } finally {
    closeSync(fd);
  }
};
