import type { Host } from '../host/host.js';
import type { UnitSpec } from '../model/unit.js';
import type { Environment } from './environment.js';
import { resolveCommand, resolveTool } from './program.js';
import type { RunAs } from './user.js';

/**
 * The whole command line below the helper. Everything put before the command replaces itself by the next (`exec`),
 * so the helper's child is the server from its first moment on, with one PID and one start time.
 */
export const composeArgv = (
  host: Host,
  spec: UnitSpec,
  environment: Environment,
  user: RunAs,
): readonly string[] => {
  const command = resolveCommand(host, spec, environment);
  const path = environment['PATH'];
  const tool = (words: readonly string[]): readonly string[] =>
    words.length === 0 ? [] : [resolveTool(host, words[0] ?? '', path, spec.key), ...words.slice(1)];
  const { nice } = spec.launch;
  return [
    ...tool(nice === null ? [] : ['nice', '-n', String(nice)]),
    ...tool(user.prefix),
    ...tool(hiddenFromShells(environment)),
    ...command,
  ];
};

/** What a shell would drop, change or obey: it goes around the helper to the server. */
const hiddenFromShells = (environment: Environment): readonly string[] => {
  const hidden = Object.entries(environment).filter(([name]) => isHidden(name));
  return hidden.length === 0 ? [] : ['env', ...hidden.map(([name, value]) => `${name}=${value}`)];
};

/** Of that environment, what the helper may see. */
export const helperEnvironment = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !isHidden(name)));

/** A shell hands on only variables whose name it could have made itself (`npm_config_my-key` is none). */
const isHidden = (name: string): boolean => !/^[A-Za-z_]\w*$/.test(name) || ofShells.has(name);

/** Variables that mean something to dash, busybox or bash: `SHELLOPTS=errexit` would lose the exit, a wild `OPTIND` ends dash. */
const ofShells = new Set([
  ...['BASH', 'BASHOPTS', 'BASHPID', 'BASH_ENV', 'BASH_VERSION', 'BASH_XTRACEFD', 'ENV', 'EPOCHSECONDS'],
  ...['HISTCMD', 'IFS', 'LINENO', 'OPTIND', 'POSIXLY_CORRECT', 'PPID', 'PS1', 'PS2', 'PS4', 'RANDOM'],
  ...['SHELLOPTS', 'SRANDOM'],
]);
