import type { ErrorFamily } from './entry.js';

/** One mistake in an ecosystem file. */
export type ConfigProblem = {
  readonly file: string;
  /** `servers[0].ready.http`. */
  readonly path: string;
  readonly line: number | null;
  readonly message: string;
  /** Did you mean. */
  readonly suggestion: string | null;
};

/** More would only push the first ones off the screen; `facts` has them all. */
const mostTold = 100;

/** `FILE:LINE: servers[0].port:` */
export const placeText = ({ file, path, line }: Pick<ConfigProblem, 'file' | 'path' | 'line'>): string =>
  `${file}${line === null ? '' : `:${line}`}:${path === '' ? '' : ` ${path}:`}`;

/** `FILE:LINE: servers[0].port: must be ... Did you mean "x"?` */
const problemText = (problem: ConfigProblem): string => {
  const { message, suggestion } = problem;
  const guess = suggestion === null ? '' : ` Did you mean "${suggestion}"?`;
  return `${placeText(problem)} ${message}${guess}`;
};

const inShell = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

export const configErrors = {
  CONFIG_NOT_FOUND: (f: { path: string }) => ({
    message: `There is no ecosystem file at ${f.path}.`,
    hint: 'Write one with: mpm-io config init',
    exit: 2,
  }),
  CONFIG_INVALID: (f: {
    problems: readonly ConfigProblem[];
    /** What helps with the plugins among them. */
    hints?: readonly string[];
  }) => ({
    message: [
      ...f.problems.slice(0, mostTold).map(problemText),
      ...(f.problems.length > mostTold ? [`and ${f.problems.length - mostTold} more`] : []),
    ].join('\n'),
    hint: [...(f.hints ?? []), 'Correct the file, then check it with: mpm-io config check'].join('\n'),
    exit: 2,
  }),
  CONFIG_FOREIGN_CODE: (f: { path: string; uid: number }) => ({
    message: `${f.path} is a program that was found, and it belongs to another user (${f.uid}): it is not run.`,
    hint: `Read it; if you trust it, name it: mpm-io status --config ${inShell(f.path)}`,
    exit: 2,
  }),
} satisfies ErrorFamily;
