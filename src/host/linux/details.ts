import type { ProcessDetails } from '../../model/process.js';
import { procLink, procText } from './proc-text.js';

/** `null` when there is no such process; single facts are `null` where this user may not see them. */
export const readDetails = (root: string, pid: number): ProcessDetails | null => {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const folder = `${root}/${pid}`;
  const status = procText(`${folder}/status`);
  if (status === null || !status.includes(`\nTgid:\t${pid}\n`)) return null;
  const environment = procText(`${folder}/environ`);
  return {
    argv: parseArguments(procText(`${folder}/cmdline`) ?? ''),
    uid: parseUid(status),
    cwd: withoutDeleted(procLink(`${folder}/cwd`)),
    exe: withoutDeleted(procLink(`${folder}/exe`)),
    get environment() {
      return environment === null ? null : parseEnvironment(environment); // few ask, and some are long
    },
    cgroup: procText(`${folder}/cgroup`)?.trim() ?? null,
  };
};

/** A process that wrote its title over its arguments leaves padding behind: NULs to the end of the old ones. */
export const parseArguments = (text: string): readonly string[] => {
  if (text === '') return [];
  const argv = (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
  return argv.slice(1).every((argument) => argument === '') ? argv.slice(0, 1) : argv;
};

/** The first of two equal names counts, as for getenv. */
export const parseEnvironment = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text
      .split('\0')
      .map((entry) => [entry, entry.indexOf('=')] as const)
      .filter(([, equals]) => equals > 0)
      .map(([entry, equals]) => [entry.slice(0, equals), entry.slice(equals + 1)] as const)
      .toReversed(),
  );

/** The effective one of real, effective, saved and file system. */
const parseUid = (status: string): number | null => {
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  return uid === undefined ? null : Number(uid);
};

/** The kernel marks a file that was removed, or replaced by an upgrade, behind its name. */
const withoutDeleted = (path: string | null): string | null => path?.replace(/ \(deleted\)$/, '') ?? null;
