import { shellWord } from '../model/shell-word.js';
import type { Instance } from '../model/server.js';
import { defaultNamespace, showsIndex } from '../model/key.js';

/** Words of a command line of mpm-io as a person types them: with the program's name, quoted where the shell needs it. */
export type Say = (...words: readonly string[]) => string;

/** `program` is how this mpm-io was called: `mpm-io`, `npx mpm-io`, `node bin/mpm-io.js`. `options` follow every command. */
export const createSay =
  (program: string, options: readonly string[]): Say =>
  (...words) =>
    [program, ...[...words, ...options].map(shellWord)].join(' ');

/**
 * How a person names one instance on the command line. A name that would be read as something else (an option, `all`,
 * an id, a pattern) is written with its namespace.
 */
export const targetOf = ({ server, index }: Instance): string => {
  const { key, name, namespace } = server;
  const plain = namespace === defaultNamespace && !/^-|^all$|^\d+$|[*?[]|^\/.*\/[a-z]*$/s.test(name);
  const target = plain ? name : key;
  return showsIndex(index, server.instances) ? `${target}:${index}` : target;
};
