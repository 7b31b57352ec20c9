import type { Host } from '../host/host.js';
import { isStopped, sameIdentity } from '../model/process.js';
import type { HaltTarget, StopOptions, StopOutcome } from './contract.js';
import { describeProcess } from './describe.js';
import { climbDown, type Descent } from './ladder.js';
import { createListenerWatch } from './ownership.js';
import { createProcessWatch } from './process-watch.js';
import { createTree, type Tree } from './tree.js';

const untouched = { attempts: [], survivors: [], spared: [] } as const;

/** Stops a process that has no record: it with all below it, and only as long as it is the one that was meant. */
export const halt = async (host: Host, target: HaltTarget, options: StopOptions): Promise<StopOutcome> => {
  const { main, endpoints, stop, fill } = target;
  const now = host.processes.identify(main.pid);
  if (now === null || !sameIdentity(now, main)) return { ...untouched, kind: 'not-running', message: null };
  if (main.pid === process.pid || main.pid <= 1) {
    return { ...untouched, kind: 'refused', message: `PID ${main.pid} is never signalled.` };
  }
  const tree = createTree(host, { main, helper: null, marker: null }, stop.leaveTree);
  const scans = createProcessWatch(host);
  tree.look(await scans.after(host.clock.monotonic()));
  const command = describeProcess(host, main.pid);
  const descent = await climbDown({
    host,
    scans,
    listeners: createListenerWatch(host),
    tree,
    policy: stop,
    endpoints,
    facts: {
      fill: { ...fill, pid: String(main.pid) },
      cwd: null,
      env: {},
      frozen: () => isFrozen(host, main.pid),
    },
    force: options.force,
    signal: options.signal,
    progress: options.progress,
  });
  const uid = descent.denied ? (host.processes.details(main.pid)?.uid ?? null) : null;
  return outcomeOf(tree, descent, descent.denied ? deniedWords(command, main.pid, uid) : null);
};

export const isFrozen = (host: Host, pid: number): boolean => {
  const row = host.processes.row(pid);
  return row !== null && isStopped(row);
};

const deniedWords = (command: string, pid: number, uid: number | null): string =>
  `It belongs to another user${uid === null ? '' : ` (uid ${uid})`}: ${command}. ` +
  `Run mpm-io as that user, or: sudo kill -TERM ${pid}`;

/** What came of it, in the words of the contract. */
export const outcomeOf = (tree: Tree, descent: Descent, denied: string | null): StopOutcome => {
  const { attempts, left, openPorts, aborted } = descent;
  const base = { attempts, survivors: tree.describe(left), spared: tree.spared() };
  if (left.length === 0 && openPorts.length === 0) return { ...base, kind: 'stopped', message: null };
  if (denied !== null) return { ...base, kind: 'refused', message: denied };
  if (aborted) return { ...base, kind: 'survived', message: 'The stop was given up before it was done.' };
  const message =
    left.length === 0
      ? `Its processes have gone, but somebody who got its socket from it keeps port ${openPorts.join(', ')} open.`
      : `Still alive: ${base.survivors.join('; ')}`;
  return { ...base, kind: 'survived', message };
};
