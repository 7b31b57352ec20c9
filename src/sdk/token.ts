import { randomBytes, timingSafeEqual } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownIdentity, startOf } from './own-identity.js';

/** Where a managed server takes its shutdown. `socket` for a server on a unix socket. */
export type TokenEndpoint = {
  readonly port: number | null;
  readonly host: string | null;
  readonly socket: string | null;
  /** https */
  readonly tls: boolean;
  readonly path: string;
};

/** What lies in `<home>/tokens/<pid>.json`. `port` and `path` are those of the first endpoint. */
export type TokenFile = {
  readonly pid: number;
  readonly start: number;
  readonly boot: string;
  readonly port: number | null;
  readonly path: string;
  readonly token: string;
  readonly endpoints: readonly TokenEndpoint[];
};

export type Token =
  | {
      readonly kind: 'written';
      readonly file: string;
      matches(given: string): boolean;
      remove(): void;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** The file of a process in a home, for whoever wants to end it. */
export const tokenFile = (home: string, pid: number): string => join(home, 'tokens', `${pid}.json`);

/** Writes this process's token where only its user can read it. A home that cannot be trusted or written is a value. */
export const writeToken = (
  home: string,
  endpoints: readonly TokenEndpoint[],
  secret = newSecret(),
): Token => {
  const identity = ownIdentity();
  const file = tokenFile(home, identity.pid);
  const [first] = endpoints;
  const content: TokenFile = {
    ...identity,
    port: first?.port ?? null,
    path: first?.path ?? '/shutdown',
    token: secret,
    endpoints,
  };
  try {
    for (const folder of [home, join(home, 'tokens')]) makePrivate(folder);
    sweep(join(home, 'tokens'), identity.boot);
    const draft = `${file}.${randomBytes(4).toString('hex')}`;
    writeFileSync(draft, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(draft, file);
  } catch (thrown) {
    return { kind: 'refused', reason: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  return {
    kind: 'written',
    file,
    matches: (given) => sameSecret(given, secret),
    remove: () => rmSync(file, { force: true }),
  };
};

export const newSecret = (): string => randomBytes(32).toString('base64url');

const sameSecret = (given: string, secret: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Made 0700 when missing; refused when it is a link, another user's, or open to the writing of others. */
const makePrivate = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (!stat.isDirectory()) throw new Error(`${folder} is not a folder`);
  if (process.getuid !== undefined && stat.uid !== process.getuid())
    throw new Error(`${folder} belongs to another user`);
  if ((stat.mode & 0o022) !== 0) throw new Error(`${folder} can be written by other users`);
};

/** Tokens of this boot whose process is gone: a kill -9 leaves its file behind. */
const sweep = (folder: string, boot: string): void => {
  for (const name of readdirSync(folder)) {
    if (!/^\d+\.json$/.test(name)) continue;
    const path = join(folder, name);
    try {
      const left = JSON.parse(readFileSync(path, 'utf8')) as Partial<TokenFile>;
      if (boot !== '' && left.boot === boot && startOf(Number(left.pid)) !== left.start) rmSync(path);
    } catch {
      continue; // half written by somebody, or gone meanwhile: not ours to judge
    }
  }
};
