import { dirname } from 'node:path';
import type { FileRead, Host } from '../host/host.js';
import { messageOf } from '../model/errors/index.js';
import type { Identity } from '../model/process.js';
import type { UnitRun, UnitSpec } from '../model/unit.js';
import { isPlain } from './shapes.js';

const largest = 4096;

/** Writes the PID file that a unit declares, with all that tells the process apart. A warning where it cannot. */
export const writePidFile = (host: Host, spec: UnitSpec, run: UnitRun, main: Identity): string | null => {
  const wanted = spec.writePidFile;
  if (wanted === null) return null;
  const { pid, start, boot } = main;
  const facts = { pid, start, boot, key: spec.key, port: run.port, startedAt: run.startedAt };
  const text = wanted.format === 'json' ? JSON.stringify(facts) : String(pid);
  try {
    host.files.writeAtomic(wanted.path, `${text}\n`, 0o644, 'fast');
    return null;
  } catch (error) {
    return `its PID file could not be written: ${messageOf(error)}`;
  }
};

/** Removes it when it still names the process that has ended; somebody else's is left alone. */
export const removePidFile = (host: Host, spec: UnitSpec, main: Identity | null): void => {
  const wanted = spec.writePidFile;
  if (wanted === null || main === null) return;
  const found = readHint(host, wanted.path);
  if (found.pid !== main.pid || (found.start !== null && found.start !== main.start)) return;
  host.files.remove(wanted.path);
};

export type PidFileText = {
  readonly pid: number | null;
  readonly start: number | null;
  /** When the file was written, epoch ms. */
  readonly writtenAt: number;
  /** What was found, for people. */
  readonly words: string;
};

/**
 * A PID file as a number or as JSON. What it says is a hint: whoever uses it proves the process first. One that
 * somebody else than root, this user and the user of the named process could have written says nothing at all.
 */
export const readPidFile = (host: Host, path: string): PidFileText => {
  const hint = readHint(host, path);
  if (hint.pid === null || hint.read === null) return hint;
  const unsafe = judgeSafety(host, path, hint.read, hint.pid);
  return unsafe === null ? hint : useless(`${hint.words}, but ${unsafe}`);
};

type Hint = PidFileText & { readonly read: TextRead | null };
type TextRead = FileRead & { kind: 'text' };

const readHint = (host: Host, path: string): Hint => {
  const read = host.files.readPlain(path, largest);
  if (read.kind === 'missing') return useless(`${path} is missing`);
  if (read.kind === 'refused') return useless(read.text);
  const text = read.text.trim();
  if (text === '') return useless(`${path} is empty`);
  const { pid, start } = parse(text);
  if (pid === null) return useless(`${path} holds no PID`);
  return { pid, start, writtenAt: read.mtimeMs, words: `${path} names ${pid}`, read };
};

const useless = (words: string): Hint => ({ pid: null, start: null, writtenAt: 0, words, read: null });

const judgeSafety = (host: Host, path: string, { uid, mode }: TextRead, pid: number): string | null => {
  const trusted = [0, host.user.uid, host.processes.details(pid)?.uid ?? host.user.uid];
  if (!trusted.includes(uid)) return `it belongs to user ${uid}, who does not run that process`;
  if ((mode & 0o002) !== 0) return 'any user can write it';
  if (host.files.writableByOthers(path) && !isSticky(host, path))
    return 'other users can replace it in its folder';
  return null;
};

/** In a sticky folder (`/tmp`) others can add files, but not replace ours. */
const isSticky = (host: Host, path: string): boolean =>
  ((host.files.stat(dirname(path))?.mode ?? 0) & 0o1000) !== 0;

const parse = (text: string): { readonly pid: number | null; readonly start: number | null } => {
  if (/^\d{1,10}$/.test(text)) return { pid: possible(Number(text)), start: null };
  try {
    const value: unknown = JSON.parse(text);
    if (!isPlain(value)) return { pid: null, start: null };
    const { pid, start } = value;
    return { pid: possible(pid), start: typeof start === 'number' ? start : null };
  } catch {
    return { pid: null, start: null }; // neither a number nor JSON
  }
};

const possible = (pid: unknown): number | null =>
  typeof pid === 'number' && Number.isInteger(pid) && pid > 1 && pid < 2 ** 31 ? pid : null;
