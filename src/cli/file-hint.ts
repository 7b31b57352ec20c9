import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type MpmError, mpmError } from '../model/errors/index.js';
import type { Io } from './io.js';

/** pm2 starts a program by its path: who names one here, or mistypes a file, is told that, and not of servers with odd names. */
export const withFileHint = (error: MpmError, { cwd }: Io): MpmError => {
  const { target } = error.facts;
  if (error.code !== 'MPM_TARGET_UNKNOWN' || typeof target !== 'string') return error;
  const isThere = existsSync(resolve(cwd, target));
  return isThere || /\/|\.([cm]?[jt]s|jsonc?|ya?ml|py|sh)$/.test(target)
    ? mpmError('TARGET_IS_FILE', { file: target, isThere })
    : error;
};
