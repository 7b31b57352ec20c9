import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../host/host.js';
import { sameIdentity } from '../model/process.js';
import type { Home } from './home.js';
import { readIdentity } from './shapes.js';

/**
 * The lock where the system has no abstract sockets: a file that names its holder by identity.
 * It appears whole (written aside, then linked); one whose holder is gone is taken over.
 */
export const takeLockFile = async (home: Home, host: Host): Promise<(() => Promise<void>) | null> => {
  const path = join(home.path, 'lock');
  const mine = host.processes.identify(process.pid);
  const aside = `${path}.${process.pid}`;
  writeExclusive(aside, JSON.stringify(mine));
  try {
    linkSync(aside, path);
    return () => {
      host.files.remove(path);
      return Promise.resolve();
    };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    removeIfDead(host, path);
    return null;
  } finally {
    rmSync(aside, { force: true });
  }
};

const writeExclusive = (path: string, text: string): void => {
  rmSync(path, { force: true });
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
};

/** Moves the file of a dead holder away; what turns out to be a living one's is put back. */
const removeIfDead = (host: Host, path: string): void => {
  if (isHeld(host, textOf(path))) return;
  const dead = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, dead);
    if (isHeld(host, textOf(dead))) linkSync(dead, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error; // another one was faster: try again
  } finally {
    rmSync(dead, { force: true });
  }
};

const isHeld = (host: Host, text: string): boolean => {
  const holder = readIdentity(parse(text));
  const now = holder === null ? null : host.processes.identify(holder.pid);
  return holder !== null && now !== null && sameIdentity(now, holder);
};

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // released meanwhile
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not a lock of ours: nobody holds it
  }
};
