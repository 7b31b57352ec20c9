import { type Host, type Look, type PidFileFact } from 'mpm-io/plugin';
import { judgeFile } from './judge-file.js';
import { removable, treatments } from './treatment.js';

/** Takes away the PID files that are left over, each looked at once more right before; says which. */
export const removeLeftOver = (facts: readonly PidFileFact[], look: Look, host: Host): readonly string[] =>
  removable(facts).flatMap(({ path, pid }) => {
    const { fact } = judgeFile(path, look.processes, host);
    const same = fact.pid === pid && treatments[fact.verdict].removable && isGone(fact, host);
    return same && host.files.remove(path) ? [path] : [];
  });

/** A process that came to be since the look was taken keeps its file. */
const isGone = ({ pid, verdict }: PidFileFact, host: Host): boolean =>
  verdict === 'reused' || pid === null || host.processes.identify(pid) === null;
