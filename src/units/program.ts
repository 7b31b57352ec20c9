import { isAbsolute, resolve } from 'node:path';
import type { Host } from '../host/host.js';
import { mpmError } from '../model/errors/index.js';
import type { UnitSpec } from '../model/unit.js';
import type { Environment } from './environment.js';

/**
 * The command with its program as an absolute path, once everything in it that must exist was found.
 * @throws MPM_CWD_MISSING, MPM_PROGRAM_MISSING, MPM_PROGRAM_NOT_EXECUTABLE, MPM_SCRIPT_MISSING
 */
export const resolveCommand = (host: Host, spec: UnitSpec, environment: Environment): readonly string[] => {
  const { command, cwd } = spec.launch;
  if (host.files.stat(`${cwd}/.`)?.kind !== 'folder')
    throw mpmError('CWD_MISSING', { server: spec.key, cwd });
  if ('shell' in command) return ['/bin/sh', '-c', command.shell];
  const [program = '', ...args] = command.argv;
  const path = findProgram(host, program, cwd, environment['PATH'] ?? defaultPath, spec.key);
  const script = scriptOf(path, args);
  if (script !== null && host.files.stat(resolve(cwd, script)) === null) {
    const { key: server, declaredIn } = spec;
    throw mpmError('SCRIPT_MISSING', { server, path: resolve(cwd, script), declaredIn });
  }
  return [path, ...args];
};

/** A program of the system that we put before a command, wherever the server's own PATH leads. */
export const resolveTool = (host: Host, tool: string, path: string | undefined, server: string): string =>
  findProgram(host, tool, '/', `${path ?? ''}:${defaultPath}`, server);

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const findProgram = (host: Host, program: string, cwd: string, path: string, server: string): string => {
  if (program.includes('/')) {
    const file = isAbsolute(program) ? program : resolve(cwd, program);
    const access = host.files.executable(file);
    if (access === 'missing') throw mpmError('SCRIPT_MISSING', { server, path: file });
    if (access === 'no') throw mpmError('PROGRAM_NOT_EXECUTABLE', { server, path: file });
    if (isFolder(host, file)) throw mpmError('PROGRAM_IS_FOLDER', { server, path: file });
    return file;
  }
  const files = path.split(':').map((folder) => resolve(cwd, folder === '' ? '.' : folder, program));
  const found = files.find((file) => host.files.executable(file) === 'yes' && !isFolder(host, file));
  if (program !== '' && found !== undefined) return found;
  throw mpmError('PROGRAM_MISSING', { server, program, path });
};

/** A folder that may be searched passes for executable. */
const isFolder = (host: Host, file: string): boolean => host.files.stat(`${file}/.`) !== null;

/** The file that a known interpreter is told to run: its first argument that is no option. */
const scriptOf = (program: string, args: readonly string[]): string | null => {
  const interpreter = /\/(?:node|nodejs|bun|deno|python[\d.]*|ruby|perl|php|bash|sh|tsx)$/.exec(program);
  const [first] = args;
  if (interpreter === null || first === undefined || first.startsWith('-')) return null;
  return /\.[A-Za-z]+$/.test(first) ? first : null;
};
