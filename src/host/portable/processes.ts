import { isAlive, type Identity, type ProcessDetails, type ProcessRow } from '../../model/process.js';
import type { Clock, Processes } from '../host.js';
import { signalProcess } from '../signal-process.js';
import { parsePsRows, psColumns } from './ps-rows.js';
import { toolText } from './tool-text.js';

export type PsOptions = { readonly ownPid: number; readonly clock: Clock };

/**
 * Processes as ps tells them, for systems without /proc. Weaker: identity is exact to a second, arguments are split
 * at spaces, environments cannot be told apart from arguments (`withEnvironment` may miss or, with spaces, mistake),
 * and there are no cgroups. Times are in seconds, and start times count from the epoch.
 */
export const createPsProcesses = ({ ownPid, clock }: PsOptions): Processes => {
  let boot: string | null = null;
  const readBoot = (): string => (boot ??= readBootSession());
  const row = (pid: number): ProcessRow | null => {
    if (!Number.isInteger(pid) || pid <= 0) return null;
    return parsePsRows(toolText('ps', ['-p', String(pid), '-o', psColumns]) ?? '')[0] ?? null;
  };
  const all = (): readonly ProcessRow[] => parsePsRows(toolText('ps', ['-A', '-o', psColumns]) ?? '');
  const identify = (pid: number): Identity | null => {
    const found = row(pid);
    return found !== null && isAlive(found) ? { pid, start: found.start, boot: readBoot() } : null;
  };
  return {
    row,
    identify,
    table: () =>
      Object.freeze({
        boot: readBoot(),
        takenAt: clock.now(),
        bootedAt: 0,
        ticksPerSecond: 1,
        rows: new Map(all().map((found) => [found.pid, found])),
      }),
    details: (pid) => (row(pid) === null ? null : readDetails(pid)),
    children: (pid) =>
      all()
        .filter(({ ppid }) => ppid === pid)
        .map((child) => child.pid),
    withEnvironment: (name, value) =>
      [...findVariables(name)].flatMap(([pid, found]) => (found === value ? pid : [])),
    variables: findVariables,
    livesElsewhere: () => false,
    signal: (identity, signal) => signalProcess({ identity, signal, ownPid, identify }),
  };
};

/** macOS names each boot; where the name is missing, its moment stands in. */
const readBootSession = (): string => {
  const name =
    toolText('sysctl', ['-n', 'kern.bootsessionuuid']) ?? toolText('sysctl', ['-n', 'kern.boottime']);
  return `${name?.trim() ?? 'unknown'}/0`;
};

const readDetails = (pid: number): ProcessDetails => {
  const [, uid, command] = /^\s*(\d+)\s+(.*)/.exec(psText(pid, 'uid=,command=')) ?? [];
  const files = toolText('lsof', ['-a', '-p', String(pid), '-d', 'cwd,txt', '-F', 'fn']) ?? '';
  return {
    argv: command?.trim().split(/\s+/) ?? [],
    uid: uid === undefined ? null : Number(uid),
    cwd: /^fcwd\nn(.*)$/m.exec(files)?.[1] ?? null,
    exe: /^ftxt\nn(.*)$/m.exec(files)?.[1] ?? null,
    environment: null,
    cgroup: null,
  };
};

const psText = (pid: number, columns: string): string =>
  toolText('ps', ['-ww', '-p', String(pid), '-o', columns]) ?? '';

/** `ps axeww` writes the environment behind the arguments: a value reaches to what looks like the next variable. */
const findVariables = (name: string): ReadonlyMap<number, string> =>
  new Map(
    (toolText('ps', ['axeww', '-o', 'pid=,command=']) ?? '')
      .split('\n')
      .flatMap((line): [number, string][] => {
        const pid = Number.parseInt(line, 10);
        const at = ` ${line}`.indexOf(` ${name}=`);
        if (at === -1 || !Number.isInteger(pid)) return [];
        const rest = line.slice(at + name.length + 1);
        return [[pid, rest.split(/ (?=[A-Za-z_]\w*=)/)[0]?.trimEnd() ?? '']];
      }),
  );
