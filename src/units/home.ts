import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Host, User } from '../host/host.js';
import { mpmError } from '../model/errors/index.js';

/** The folder that holds everything mpm-io remembers. */
export type Home = {
  readonly path: string;
  readonly units: string;
  readonly environments: string;
  readonly logs: string;
  /** The next numeric id. */
  readonly counter: string;
  /** Who holds the lock: a hint for people, never the lock itself. */
  readonly holder: string;
  /** The lock as a file, for those whom the abstract socket does not reach. */
  readonly locks: string;
  /**
   * Makes it, private to its user. Called before every write and never before a read.
   * @throws MPM_HOME_UNSAFE when somebody else could have put something into it.
   */
  readonly prepare: () => void;
  /**
   * For those who only read: what somebody else could have put there is not believed. A home that is not there is empty.
   * @throws MPM_HOME_UNSAFE
   */
  readonly check: () => void;
};

/** `MPM_IO_HOME`, else `~/.mpm-io`. Creates nothing. */
export const openHome = (request: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly user: User;
  readonly host: Host;
}): Home => {
  const { env, user, host } = request;
  const named = env['MPM_IO_HOME'];
  const path = named === undefined || named === '' ? join(user.home, '.mpm-io') : named;
  if (!isAbsolute(path)) throw mpmError('HOME_UNSAFE', { path, why: 'MPM_IO_HOME must be an absolute path' });
  const clean = resolve(path);
  return {
    path: clean,
    units: join(clean, 'units'),
    environments: join(clean, 'environments'),
    logs: join(clean, 'logs'),
    counter: join(clean, 'ids.json'),
    holder: join(clean, 'lock.json'),
    locks: join(clean, 'locks'),
    prepare: () => prepare(host, clean, user),
    check: () => {
      if (host.files.stat(clean) !== null) refuseUnsafe(host, clean, user);
    },
  };
};

const prepare = (host: Host, path: string, user: User): void => {
  if (host.files.stat(path) === null) {
    try {
      host.files.makeFolder(path, 0o700);
    } catch (cause) {
      throw mpmError('HOME_UNWRITABLE', { path, why: codeOf(cause) }, cause);
    }
  }
  refuseUnsafe(host, path, user);
};

const refuseUnsafe = (host: Host, path: string, user: User): void => {
  const why = dangerOf(host, path, user);
  if (why !== null) throw mpmError('HOME_UNSAFE', { path, why });
};

const dangerOf = (host: Host, path: string, user: User): string | null => {
  const stat = host.files.stat(path);
  if (stat === null) return 'it could not be made';
  if (stat.kind === 'symlink') return 'it is a symbolic link';
  if (stat.kind !== 'folder') return 'it is not a folder';
  if (stat.uid !== user.uid) return `it belongs to another user (uid ${stat.uid})`;
  if ((stat.mode & 0o022) !== 0) return 'other users may write in it';
  return dangerAbove(host, path);
};

/** A folder above in which everybody may rename things: somebody could exchange the home. A sticky one is safe. */
const dangerAbove = (host: Host, path: string): string | null => {
  for (let above = dirname(path); ; above = dirname(above)) {
    const stat = host.files.stat(above);
    if (stat?.kind === 'folder' && (stat.mode & 0o1002) === 0o002)
      return `anybody may rename things in ${above}`;
    if (above === dirname(above)) return null;
  }
};

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
