import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The text of a file under /proc; `null` when the process is gone or not visible to this user. */
export const procText = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // ENOENT and ESRCH: gone; EACCES and EPERM: somebody else's
  }
};

/** Where a link under /proc leads; `null` when gone or not visible. */
export const procLink = (path: string): string | null => {
  try {
    return readlinkSync(path);
  } catch {
    return null; // as above
  }
};

/** The names in a folder under /proc; none when gone or not visible. */
export const procNames = (path: string): readonly string[] => {
  try {
    return readdirSync(path);
  } catch {
    return []; // as above
  }
};

/** Every PID that this user is shown: a /proc mounted with `hidepid` shows fewer. */
export const procPids = (root: string): readonly number[] =>
  procNames(root).filter(startsWithDigit).map(Number).filter(Number.isInteger);

const startsWithDigit = (name: string): boolean => {
  const code = name.charCodeAt(0);
  return code >= 48 && code <= 57;
};
