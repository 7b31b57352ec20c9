import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SpawnRequest, SpawnResult } from './host.js';
import { makeFolder } from './make-folder.js';

/**
 * Starts the leader of a new session whose output goes straight to files: no pipe leads back here, so our end does
 * not touch it. The child does not hold our event loop.
 */
export const spawnDetached = async (request: SpawnRequest): Promise<SpawnResult> => {
  const [program, ...args] = request.argv;
  if (program === undefined) return failed('EINVAL', 'There is no program to start.');
  const folder = explainFolder(request.cwd);
  if (folder !== null) return folder;
  const { spawn } = await import('node:child_process');
  const opened: number[] = [];
  try {
    openAll(request, opened);
    const child = spawn(program, args, {
      cwd: request.cwd,
      env: request.env,
      detached: true,
      stdio: opened,
    });
    return await new Promise<SpawnResult>((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => resolve(explainSpawn(program, error)));
      child.once('spawn', () => {
        child.unref();
        resolve({ kind: 'spawned', pid: child.pid ?? 0 });
      });
    });
  } catch (error) {
    return explainSpawn(program, error as NodeJS.ErrnoException);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
};

/** A missing folder and a missing program both end in ENOENT: so the folder is looked at first. */
const explainFolder = (cwd: string): SpawnResult | null => {
  try {
    if (statSync(cwd).isDirectory()) return null;
    return failed('ENOTDIR', `The working directory ${cwd} is not a directory.`);
  } catch (error) {
    const { code = 'EUNKNOWN' } = error as NodeJS.ErrnoException;
    const text = code === 'ENOENT' ? 'does not exist' : `cannot be entered (${code})`;
    return failed(code, `The working directory ${cwd} ${text}.`);
  }
};

const openAll = (request: SpawnRequest, opened: number[]): void => {
  opened.push(openSync(request.input ?? '/dev/null', 'r'));
  for (const output of request.outputs) opened.push(openOutput(output));
  while (opened.length < 3) opened.push(openOutput(null));
};

/** Never waits for the other end of a FIFO, and gives the child nothing that does. */
const openOutput = (path: string | null): number => {
  if (path === null) return openSync('/dev/null', 'w');
  const fd = openAtOnce(path);
  const stats = fstatSync(fd);
  if (stats.isFile()) return fd; // not to block means nothing there
  try {
    if (stats.isCharacterDevice()) return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_APPEND);
    throw noOutput(path);
  } finally {
    closeSync(fd);
  }
};

const openAtOnce = (path: string): number => {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY, 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENXIO') throw noOutput(path);
    if (code !== 'ENOENT' || statSync(dirname(path), { throwIfNoEntry: false }) !== undefined) throw error;
    makeFolder(dirname(path));
    return openAtOnce(path);
  }
};

const noOutput = (path: string): Error =>
  Object.assign(
    new Error(`The log file ${path} is neither a plain file nor a device (a FIFO or a socket).`),
    {
      code: 'ENXIO',
    },
  );

const explainSpawn = (program: string, error: NodeJS.ErrnoException): SpawnResult => {
  const { code = 'EUNKNOWN', message, syscall = '' } = error;
  if (!syscall.startsWith('spawn')) return failed(code, message);
  if (code === 'ENOENT') return failed(code, `The program ${program} was not found.`);
  if (code === 'EACCES') return failed(code, explainDenied(program));
  return failed(code, message);
};

/** A folder of PATH that may not be searched hides that the program is in none of them. */
const explainDenied = (program: string): string =>
  program.includes('/')
    ? `The program ${program} may not be executed.`
    : `The program ${program} was not found in PATH, or may not be executed.`;

const failed = (code: string, text: string): SpawnResult => ({ kind: 'failed', code, text });
