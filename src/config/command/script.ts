import { basename, extname, join, resolve } from 'node:path';
import type { Command } from '../../model/probe.js';
import { findInPath, findTsx, headOf, isFile, statReal, type Machine } from './machine.js';
import { withWords } from './words.js';

export type ScriptRequest = {
  readonly script: string;
  readonly args: readonly string[];
  readonly interpreter: string | null;
  readonly interpreterArgs: readonly string[];
  /** A relative script is looked for in these, in this order. */
  readonly folders: readonly [string, ...string[]];
  readonly sourceMaps: boolean;
};

export type ScriptAnswer = {
  readonly command: Command;
  /** To be checked before a start; `null` for a program of the PATH or a shell line. */
  readonly script: string | null;
  readonly runsOn: 'node' | 'shell' | 'other';
  /** It cannot be run, and this is what helps. */
  readonly problem: string | null;
  readonly differs: string | null;
};

/** How a script is run: by its interpreter, its ending, or its first line. A script that is not there yet is no mistake: the start checks it. */
export const commandOfScript = (request: ScriptRequest, machine: Machine): ScriptAnswer => {
  const path = locate(request, machine);
  if (/\s/.test(request.script) && statReal(machine, path) === null)
    return {
      command: { shell: withWords(request.script, request.args) },
      script: null,
      runsOn: 'shell',
      problem: null,
      differs: null,
    };
  if (isBareName(request.script) && runsByItself(request) && !isFile(machine, path)) {
    const program = findInPath(machine, request.script);
    if (program !== null) return inPath(program, request);
  }
  const script = statReal(machine, path)?.kind === 'folder' ? mainOf(machine, path) : path;
  return byInterpreter(script, request, machine);
};

const runsByItself = ({ interpreter }: ScriptRequest): boolean =>
  interpreter === null || interpreter === 'none';

const isBareName = (script: string): boolean => !script.includes('/') && script !== '.' && script !== '..';

const locate = ({ script, folders }: ScriptRequest, machine: Machine): string => {
  const places = folders.map((folder) => resolve(folder, script));
  return places.find((place) => statReal(machine, place) !== null) ?? resolve(folders[0], script);
};

const inPath = (program: string, request: ScriptRequest): ScriptAnswer => ({
  command: { argv: [program, ...request.args] },
  script: null,
  runsOn: 'other',
  problem: null,
  differs: null,
});

/** A folder stands for the main file of its package. */
const mainOf = (machine: Machine, folder: string): string => {
  const text = machine.files.readText(join(folder, 'package.json'));
  const main = text === null ? null : /"main"\s*:\s*"([^"]+)"/.exec(text)?.[1];
  const path = resolve(folder, main ?? 'index.js');
  return statReal(machine, path)?.kind === 'folder' ? join(path, 'index.js') : path;
};

const byInterpreter = (script: string, request: ScriptRequest, machine: Machine): ScriptAnswer => {
  const { interpreter, interpreterArgs, args } = request;
  const answer = (argv: readonly string[], extra: Partial<ScriptAnswer> = {}): ScriptAnswer => ({
    command: { argv: [...argv, script, ...args] },
    script,
    runsOn: 'other',
    problem: null,
    differs: null,
    ...extra,
  });
  const onNode = (flags: readonly string[] = [], extra: Partial<ScriptAnswer> = {}): ScriptAnswer =>
    answer(
      [machine.node, ...flags, ...(request.sourceMaps ? ['--enable-source-maps'] : []), ...interpreterArgs],
      { runsOn: 'node', ...extra },
    );
  if (interpreter === 'none') return answer([]);
  if (interpreter === 'node') return onNode();
  if (interpreter?.startsWith('node@') === true)
    return onNode([], {
      differs: `versions of Node are not fetched: it runs on ${machine.node} (${machine.nodeVersion}); give the path of another one instead`,
    });
  if (interpreter !== null) {
    const program = interpreter.includes('/') ? resolve(request.folders[0], interpreter) : interpreter;
    return answer([program, ...interpreterArgs], isNodeProgram(program) ? { runsOn: 'node' } : {});
  }
  const extension = extname(script).toLowerCase();
  if (['.js', '.mjs', '.cjs'].includes(extension)) return onNode();
  if (['.ts', '.tsx', '.mts', '.cts'].includes(extension)) {
    const { flags, problem } = typeScriptOn(script, extension, machine);
    return onNode(flags, { problem });
  }
  const program = programFor(extension, machine);
  if (program !== null) return answer([program, ...interpreterArgs]);
  if (!isFile(machine, script)) return answer(interpreterArgs);
  const head = headOf(machine, script);
  if (head.kind === 'binary') return answer([]);
  if (head.kind === 'text') return head.executable ? answer([]) : onNode();
  if (head.words.some(isNodeProgram)) return onNode();
  return answer(head.executable ? [] : head.words);
};

const isNodeProgram = (program: string): boolean =>
  basename(program) === 'node' || basename(program) === 'bun';

const programFor = (extension: string, machine: Machine): string | null => {
  if (extension === '.sh') return findInPath(machine, 'bash') === null ? 'sh' : 'bash';
  const programs: Readonly<Record<string, string>> = {
    '.py': 'python3',
    '.rb': 'ruby',
    '.php': 'php',
    '.pl': 'perl',
    '.coffee': 'coffee',
    '.ls': 'lsc',
  };
  return programs[extension] ?? null;
};

/** `tsx` where it is installed, else what this Node can do by itself. */
const typeScriptOn = (
  script: string,
  extension: string,
  machine: Machine,
): { readonly flags: readonly string[]; readonly problem: string | null } => {
  const tsx = findTsx(script);
  if (tsx !== null) return { flags: ['--import', tsx], problem: null };
  const [major = 0, minor = 0] = machine.nodeVersion.replace(/^v/, '').split('.').map(Number);
  const strips = major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
  if (strips && extension !== '.tsx') return { flags: [], problem: null };
  if (extension !== '.tsx' && ((major === 22 && minor >= 6) || major === 23))
    return { flags: ['--experimental-strip-types'], problem: null };
  if (!isFile(machine, script)) return { flags: [], problem: null };
  return {
    flags: [],
    problem: `is TypeScript, which Node ${machine.nodeVersion.replace(/^v/, '')} does not run by itself; run this in the project: npm install tsx`,
  };
};
