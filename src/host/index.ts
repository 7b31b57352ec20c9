import { systemClock } from './clock.js';
import { isBindable } from './bindable.js';
import { tryConnect } from './connect.js';
import { systemFiles } from './files.js';
import type { Host, Processes } from './host.js';
import { requestHttp } from './http-request.js';
import { readListeners, readSocketsOf, someListener } from './linux/listeners.js';
import { createProcProcesses } from './linux/processes.js';
import { lsofListeners } from './portable/listeners.js';
import { createPsProcesses } from './portable/processes.js';
import { endByParents, runProgram } from './run-program.js';
import { spawnDetached } from './spawn-detached.js';
import { describeUser } from './user.js';

export type HostOptions = {
  readonly platform?: NodeJS.Platform;
  /** Where proc is mounted. */
  readonly procRoot?: string;
  /** What one-shot programs inherit, and where HOME is read; the caller's by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly uid?: number;
  /** Never signalled. */
  readonly pid?: number;
  /** Called when a one-shot program begins, its answer when it has ended: such a program outlives a caller that dies. */
  readonly hold?: () => () => void;
};

/** The real system: /proc on Linux; elsewhere ps and lsof, which tell less (see `portable/`). */
export const createHost = (options: HostOptions = {}): Host => {
  const {
    platform = process.platform,
    procRoot: root = '/proc',
    env = process.env,
    uid = process.geteuid?.() ?? 0,
    pid: ownPid = process.pid,
    hold = () => () => undefined,
  } = options;
  const clock = systemClock;
  const linux = platform === 'linux';
  const processes: Processes = linux
    ? createProcProcesses({ root, ownPid, clock })
    : createPsProcesses({ ownPid, clock });
  return {
    platform,
    clock,
    processes,
    user: describeUser({ uid, env }),
    sockets: {
      listeners: linux ? () => readListeners(root) : lsofListeners,
      someListener: linux
        ? (fits, first) => someListener(root, fits, first)
        : (fits) => lsofListeners().rows.some(fits),
      ofProcess: linux ? (pid) => readSocketsOf(root, pid) : () => null,
      bindable: isBindable,
      connect: tryConnect,
    },
    files: systemFiles,
    http: { request: requestHttp },
    run: (command, runOptions) => {
      const release = hold();
      return runProgram(command, runOptions, env, linux ? undefined : endByParents).finally(release);
    },
    spawnDetached,
  };
};
