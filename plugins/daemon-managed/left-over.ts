import { type Host, type PidFileFact } from 'mpm-io/plugin';
import { judgeFile } from './judge-file.js';
import { removable } from './treatment.js';

/** Takes away the PID files that are left over, each judged once more by what is there now; says which. */
export const removeLeftOver = (facts: readonly PidFileFact[], host: Host): readonly string[] => {
  const left = removable(facts);
  if (left.length === 0) return [];
  const now = host.processes.table();
  return left.flatMap(({ path, pid }) => {
    const { fact } = judgeFile(path, now, host);
    return fact.pid === pid && removable([fact]).length > 0 && host.files.remove(path) ? [path] : [];
  });
};
