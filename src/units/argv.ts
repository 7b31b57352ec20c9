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

/** A shell hands on only variables whose name it could have made itself (`npm_config_my-key` is none). */
const hiddenFromShells = (environment: Environment): readonly string[] => {
  const odd = Object.entries(environment).filter(([name]) => !/^[A-Za-z_]\w*$/.test(name));
  return odd.length === 0 ? [] : ['env', ...odd.map(([name, value]) => `${name}=${value}`)];
};
