import type { ErrorFamily } from './entry.js';

export const engineErrors = {
  TARGET_UNKNOWN: (f: { target: string; suggestion: string | null; known: readonly string[] }) => ({
    message: `There is no server ${f.target}.${f.suggestion === null ? '' : ` Did you mean "${f.suggestion}"?`}`,
    hint:
      f.known.length === 0
        ? 'See what is declared with: mpm-io config show'
        : `Known: ${f.known.join(', ')}.`,
    exit: 2,
  }),
} satisfies ErrorFamily;
