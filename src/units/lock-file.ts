import { readlinkSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../host/host.js';
import { sameIdentity } from '../model/process.js';
import type { Home } from './home.js';
import { isPlain, readIdentity } from './shapes.js';

/**
 * The lock as a file: a symbolic link that names its holder by identity, whole from its first moment and costing one
 * call. On Linux it stands beside the abstract socket, for those in other network namespaces; elsewhere it is all.
 *
 * Nobody takes a dead holder's file away to put his own in its place: between the two a third could come. Each tenure
 * has a number, the next one to the highest there is, and only one can make it. A holder removes lower ones and never
 * the highest: he gives up his own by another name (`7.free`). So who linked a number by an old listing finds a higher
 * one, or his own `.free`, when he looks again, and withdraws; that loses one try and lets nobody in twice.
 *
 * It stands on a listing of few names being one moment's, which local Linux file systems give (one getdents under the
 * folder's lock). Where it is not, and between PID namespaces that do not see each other, nothing is promised.
 *
 * `network`: of a caller who holds its abstract socket. Whoever else names this network held that socket, and lost it.
 */
export const takeLockFile = (home: Home, host: Host, network: string | null = null): (() => void) | null => {
  const folder = home.locks;
  const before = listTenures(host, folder);
  const highest = highestOf(before);
  if (before.some((tenure) => tenure.number === highest && isHeld(host, folder, tenure, network)))
    return null;
  const mine = String(highest + 1);
  const path = join(folder, mine);
  if (!link(host, folder, path, JSON.stringify({ ...host.processes.identify(process.pid), network })))
    return null;
  const after = listTenures(host, folder);
  if (after.some(({ name, number }) => name !== mine && number > highest)) {
    host.files.remove(path);
    return null;
  }
  for (const { name, number } of after) if (number <= highest) host.files.remove(join(folder, name));
  return () => renameSync(path, `${path}.free`);
};

type TenureFile = { readonly name: string; readonly number: number; readonly free: boolean };

const listTenures = (host: Host, folder: string): readonly TenureFile[] =>
  host.files.list(folder).flatMap((name) => {
    const [, number, free] = /^(\d{1,15})(\.free)?$/.exec(name) ?? [];
    return number === undefined ? [] : [{ name, number: Number(number), free: free !== undefined }];
  });

const highestOf = (tenures: readonly TenureFile[]): number =>
  Math.max(0, ...tenures.map(({ number }) => number));

/** `false` when somebody else was faster. */
const link = (host: Host, folder: string, path: string, text: string): boolean => {
  try {
    symlinkSync(text, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'ENOENT' || host.files.stat(folder) !== null) throw error;
    host.files.makeFolder(folder, 0o700);
    return link(host, folder, path, text);
  }
};

/** Longer than anybody keeps the lock, ms: where a holder cannot be judged from here, the age of its file decides. */
const longestElsewhere = 60_000;

const isHeld = (host: Host, folder: string, tenure: TenureFile, network: string | null): boolean => {
  if (tenure.free) return false;
  const path = join(folder, tenure.name);
  const text = textOf(path);
  if (text === null) return true; // it has just changed: look again
  const value = parse(text);
  const holder = readIdentity(value);
  if (holder === null) return false;
  if (network !== null && isPlain(value) && value['network'] === network) return false;
  const now = host.processes.identify(holder.pid);
  if (now !== null && sameIdentity(now, holder)) return true;
  if (!host.processes.livesElsewhere(holder.boot)) return false;
  const since = host.files.stat(path)?.mtimeMs ?? Infinity;
  return host.clock.now() - since < longestElsewhere;
};

const textOf = (path: string): string | null => {
  try {
    return readlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return ''; // no link of ours: nobody holds it
  }
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not ours: nobody holds it
  }
};
