import { encodePart } from '../model/key.js';

/** What is wrong with the name of a server; `null`: nothing. Spaces, dots, slashes and any alphabet are fine. */
export const nameProblem = (name: string, block: 'servers' | 'apps'): string | null => {
  const problem = partProblem(name);
  if (problem !== null) return problem;
  if (block === 'servers' && name === 'all')
    return 'must not be "all": on the command line that word means every server';
  if (block === 'servers' && /:\d+$/.test(name))
    return 'must not end in a colon and digits: that is how an instance is named';
  return null;
};

/** What is wrong with a namespace; `null`: nothing. */
export const namespaceProblem = (namespace: string): string | null =>
  namespace.includes('/')
    ? 'must not hold a slash: that stands between namespace and name'
    : partProblem(namespace);

const partProblem = (part: string): string | null => {
  if (part.trim() === '') return 'must not be empty';
  if (part.startsWith('-')) return 'must not start with "-": it would be read as an option';
  // Also the marks that turn or hide text on a terminal.
  if (/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(part)) return 'must not hold control characters';
  if (/\p{Cs}/u.test(part)) return 'must not hold half characters (lone surrogates)';
  if (encodePart(part).length > 180) return 'is too long: it becomes part of a file name';
  return null;
};
