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

export const configErrors = {
  CONFIG_NOT_FOUND: (f: { path: string }) => ({
    message: `There is no ecosystem file at ${f.path}.`,
    hint: 'Write one with: mpm-io config init',
    exit: 2,
  }),
  CONFIG_INVALID: (f: { problems: readonly ConfigProblem[] }) => ({
    message: f.problems
      .map(
        ({ file, path, line, message, suggestion }) =>
          `${file}${line === null ? '' : `:${line}`}: ${path === '' ? '' : `${path}: `}${message}${
            suggestion === null ? '' : ` Did you mean "${suggestion}"?`
          }`,
      )
      .join('\n'),
    hint: 'Correct the file, then check it with: mpm-io config check',
    exit: 2,
  }),
} satisfies ErrorFamily;
