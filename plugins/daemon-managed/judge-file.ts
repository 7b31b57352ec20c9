import { dirname } from 'node:path';
import {
  isAlive,
  startedAt,
  type FileRead,
  type Host,
  type PidFileFact,
  type PidFileVerdict,
  type ProcessRow,
  type ProcessTable,
} from 'mpm-io/plugin';
import { describeProcess } from '../seen/command-line.js';
import { parsePidFile, type PidFileText } from './parse.js';

/** A PID file, and the process it names where it may be believed. Whether that process is the server, others decide. */
export type JudgedFile = {
  readonly fact: PidFileFact;
  readonly row: ProcessRow | null;
  readonly text: (PidFileText & { kind: 'pid' }) | null;
};

const maxBytes = 4096;

/** A file is written after its process has started; clocks are set, and a write takes its time. */
const slackMs = 5000;

export const judgeFile = (path: string, table: ProcessTable, host: Host): JudgedFile => {
  const read = host.files.readPlain(path, maxBytes);
  if (read.kind === 'missing') return known(path, 'missing', null, 'there is none');
  if (read.kind === 'refused')
    return known(path, refusedVerdict(read.why), null, withoutPath(read.text, path));
  const text = parsePidFile(read.text);
  if (text.kind === 'empty') return known(path, 'empty', null, 'it is empty');
  if (text.kind === 'garbage') return known(path, 'garbage', null, text.why);
  const unsafe = judgeSafety(path, read, text.pid, host);
  if (unsafe !== null) return known(path, unsafe.verdict, text.pid, unsafe.text);
  return judgeProcess(path, read, text, table, host);
};

/** The file is named before it already. */
const withoutPath = (text: string, path: string): string =>
  text.startsWith(`${path} `) ? `it ${text.slice(path.length + 1)}` : text;

const known = (path: string, verdict: PidFileVerdict, pid: number | null, text: string): JudgedFile => ({
  fact: { path, verdict, pid, text: `${path}: ${text}` },
  row: null,
  text: null,
});

const refusedVerdict = (why: (FileRead & { kind: 'refused' })['why']): PidFileVerdict =>
  why === 'too-large' ? 'garbage' : why;

type TextRead = FileRead & { kind: 'text' };

/** Who could have written it? Root, this user, and the user of the process that it names. */
const judgeSafety = (
  path: string,
  { uid, mode }: TextRead,
  pid: number,
  host: Host,
): { readonly verdict: PidFileVerdict; readonly text: string } | null => {
  const trusted = [0, host.user.uid, host.processes.details(pid)?.uid ?? host.user.uid];
  if (!trusted.includes(uid))
    return {
      verdict: 'other-owner',
      text: `it names PID ${pid}, but belongs to user ${uid}, who does not run it`,
    };
  if ((mode & 0o002) !== 0)
    return { verdict: 'writable-by-others', text: `it names PID ${pid}, but any user can write it` };
  if (host.files.writableByOthers(path) && !isSticky(path, host))
    return {
      verdict: 'writable-by-others',
      text: `it names PID ${pid}, but other users can replace it in its folder`,
    };
  return null;
};

/** In a sticky folder (`/tmp`) others can add files, but not replace ours. */
const isSticky = (path: string, host: Host): boolean => {
  const folder = host.files.stat(dirname(path));
  return folder !== null && (folder.mode & 0o1000) !== 0;
};

const judgeProcess = (
  path: string,
  { mtimeMs }: TextRead,
  text: PidFileText & { kind: 'pid' },
  table: ProcessTable,
  host: Host,
): JudgedFile => {
  const { pid, start, boot } = text;
  if (boot !== null && boot !== table.boot)
    return known(path, 'stale', pid, `it names PID ${pid} of another boot or PID namespace`);
  const row = table.rows.get(pid);
  if (row === undefined)
    return known(path, 'stale', pid, `it names PID ${pid}, and there is no such process`);
  if (!isAlive(row))
    return known(
      path,
      'zombie',
      pid,
      `it names PID ${pid}, which has ended and waits for its parent (a zombie)`,
    );
  const born = startedAt(table, row);
  const who = describeProcess(pid, host.processes.details(pid), row.comm);
  const reused = (why: string) =>
    known(path, 'reused', pid, `it names PID ${who}, which is another process now: ${why}`);
  if (start !== null && start !== row.start)
    return reused(`it started at tick ${row.start}, the file says ${start}`);
  if (text.startedAt !== null && Math.abs(text.startedAt - born) > slackMs)
    return reused(`it started at ${time(born)}, the file says ${time(text.startedAt)}`);
  if (born > mtimeMs + slackMs)
    return reused(`it started at ${time(born)}, after the file was written at ${time(mtimeMs)}`);
  return { fact: { path, verdict: 'live', pid, text: `${path}: it names PID ${who}` }, row, text };
};

const time = (ms: number): string => new Date(ms).toISOString();
