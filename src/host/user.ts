import { userInfo } from 'node:os';
import type { User } from './host.js';

export type UserOptions = {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Name and home are looked up when asked for: the answer may come from a network directory. */
export const describeUser = ({ uid, env }: UserOptions): User => {
  let entry: { readonly username: string; readonly homedir: string } | null | undefined;
  const lookUp = (): typeof entry => (entry === undefined ? (entry = readEntry()) : entry);
  return {
    uid,
    get name() {
      return lookUp()?.username ?? env['LOGNAME'] ?? env['USER'] ?? String(uid);
    },
    get home() {
      const named = env['HOME'];
      return named !== undefined && named !== '' ? named : (lookUp()?.homedir ?? '/');
    },
  };
};

const readEntry = (): { readonly username: string; readonly homedir: string } | null => {
  try {
    return userInfo();
  } catch {
    return null; // a uid without an entry, as in many containers
  }
};
