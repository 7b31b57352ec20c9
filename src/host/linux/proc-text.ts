import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The text of a file under /proc; `null` when the process is gone or not visible to this user. */
export const procText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return unlessBroken(error, null);
  }
};

/** Where a link under /proc leads; `null` when gone or not visible. */
export const procLink = (path: string): string | null => {
  try {
    return readlinkSync(path);
  } catch (error) {
    return unlessBroken(error, null);
  }
};

/** The names in a folder under /proc; none when gone or not visible. */
export const procNames = (path: string): readonly string[] => {
  try {
    return readdirSync(path);
  } catch (error) {
    return unlessBroken(error, []);
  }
};

/**
 * What is wrong with us or the machine. Anything else is about the process: gone (ENOENT, ESRCH), somebody else's
 * (EACCES, EPERM), or odd in a way that any user could make up, such as a folder with too long a name.
 */
const broken = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EIO']);

/**
 * That this command has run out of descriptors or memory says nothing about the process that it asked for: whoever
 * took that for "gone" would call a live server ended.
 */
export const unlessBroken = <T>(error: unknown, otherwise: T): T => {
  if (broken.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  return otherwise;
};

/** Every PID that this user is shown: a /proc mounted with `hidepid` shows fewer. */
export const procPids = (root: string): readonly number[] =>
  procNames(root).filter(startsWithDigit).map(Number).filter(Number.isInteger);

const startsWithDigit = (name: string): boolean => {
  const code = name.charCodeAt(0);
  return code >= 48 && code <= 57;
};
