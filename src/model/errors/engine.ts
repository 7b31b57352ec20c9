import type { ErrorFamily } from './entry.js';

export const engineErrors = {
  TARGET_UNKNOWN: (f: { target: string; suggestion: string | null; known: readonly string[] }) => ({
    message: `There is no server ${f.target}.${f.suggestion === null ? '' : ` Did you mean "${f.suggestion}"?`}`,
    hint: f.known.length === 0 ? 'See what there is with: mpm-io status' : `Known: ${f.known.join(', ')}.`,
    exit: 2,
  }),
  TARGET_AMBIGUOUS: (f: { target: string; candidates: readonly string[] }) => ({
    message: `There are ${f.candidates.length} servers ${f.target}: ${f.candidates.join(', ')}.`,
    hint: `Name one with its namespace, as ${f.candidates[0] ?? 'namespace/name'}.`,
    exit: 2,
  }),
  TARGET_EXCLUDED: (f: { found: string; by: string }) => ({
    message: `${f.found}, and that is left out by: ${f.by}`,
    hint: 'See what there is with: mpm-io status',
    exit: 2,
  }),
  TARGET_PATTERN: (f: { target: string; why: string }) => ({
    message: `${f.target} is not a regular expression: ${f.why}.`,
    hint: 'Name a server, or write the pattern as /regex/.',
    exit: 2,
  }),
  TARGET_ENDLESS: (f: { target: string; ms: number }) => ({
    message: `${f.target} was not done with the names of the servers within ${f.ms} ms: it tries every way to part them.`,
    hint: 'Write it without a repetition inside of a repetition, as a+ for (a+)+, or name a server.',
    exit: 2,
  }),
} satisfies ErrorFamily;
