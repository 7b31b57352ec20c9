import { realpathSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import type { Io } from './io.js';
import { shellWord } from '../model/shell-word.js';

/** How to call this very program again, so that the commands we print work as printed. */
export const programName = ({ env, program, cwd }: Io): string => {
  if (env['npm_command'] === 'exec' || env['npm_lifecycle_event'] !== undefined) return 'npx mpm-io';
  const ours = real(program);
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && real(join(folder, 'mpm-io')) === ours);
  if (onPath) return 'mpm-io';
  const near = relative(cwd, program);
  return `node ${shellWord(near.startsWith('../../..') ? program : near)}`;
};

const real = (path: string): string | null => {
  try {
    return realpathSync(path);
  } catch {
    return null; // not there: it is not this program
  }
};
