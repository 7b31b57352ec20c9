import { join, resolve } from 'node:path';
import type { ServerKey } from '../model/key.js';
import type { Machine } from './command/machine.js';

/** What the servers of one file are resolved against. */
export type Place = {
  readonly file: string;
  /** Of the file. */
  readonly folder: string;
  /** Of the user, for `~/`. */
  readonly home: string;
  /** `--env NAME` of this command. */
  readonly envName: string | null;
  /** The environment of one server: this command's, else the one it was started with. */
  readonly envNameOf: (server: ServerKey) => string | null;
  readonly cpus: number;
  readonly machine: Machine;
};

export const absolute = (path: string, base: string, home: string): string =>
  path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : resolve(base, path);
