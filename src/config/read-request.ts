import type { ServerKey } from '../model/key.js';
import type { Host } from '../host/host.js';

export type ReadRequest = {
  /** Absolute; `null`: there is none, and everything is empty. */
  readonly file: string | null;
  /** The user gave its name, so it is run whoever owns it. */
  readonly named: boolean;
  /** `--env NAME`. */
  readonly envName: string | null;
  /** What was chosen for a server before: used again until another is given. */
  readonly recordedEnv?: (server: ServerKey) => string | null;
  readonly cpus: number;
  readonly host: { readonly user: Host['user']; readonly files: Pick<Host['files'], 'stat' | 'readText'> };
  /** The folder that stands for the file's when there is none. */
  readonly cwd: string;
  /** The Node that runs `.js` files, and its version. */
  readonly node: string;
  readonly nodeVersion: string;
  /** PATH: programs are looked up in it. */
  readonly path: string;
  /** For a file that is a program, ms. */
  readonly timeout?: number;
};
