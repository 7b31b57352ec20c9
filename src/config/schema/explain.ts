import type { z } from 'zod';
import { suggest } from '../../model/suggest.js';
import { valueAt } from './cut.js';
import { keysAt } from './keys-at.js';
import { shown } from './shown.js';

/** A mistake below the value that was checked. */
export type Mistake = {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly suggestion: string | null;
};

type Issue = z.core.$ZodIssue;

/** What zod found, in the words of an ecosystem file. */
export const explain = (
  schema: z.core.$ZodType,
  value: unknown,
  issues: readonly Issue[],
): readonly Mistake[] => issues.flatMap((issue) => explainIssue(schema, value, issue, []));

const explainIssue = (
  schema: z.core.$ZodType,
  value: unknown,
  issue: Issue,
  above: readonly PropertyKey[],
): readonly Mistake[] => {
  const path = [...above, ...issue.path];
  const found = valueAt(value, path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: 'is no key here.',
      suggestion: suggest(key, keysAt(schema, path)),
    }));
  if (issue.code === 'invalid_union') {
    const branch = likeliestBranch(issue.errors);
    if (branch !== null) return branch.flatMap((inner) => explainIssue(schema, value, inner, path));
  }
  if (issue.code === 'invalid_key')
    return [{ path, message: issue.issues[0]?.message ?? issue.message, suggestion: null }];
  return [{ path, message: inOurWords(issue, found), suggestion: null }];
};

/** The choice that has the right type itself and fails further down; `null`: none does, so the choice as a whole is wrong. */
const likeliestBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] | null =>
  branches.find((issues) => issues.length > 0 && !issues.some(isWrongKind)) ?? null;

/** Another type, or another of a few fixed values. */
const isWrongKind = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');

const names: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
};

const inOurWords = (issue: Issue, found: unknown): string => {
  if (!/^(Invalid|Too (small|big)|Unrecognized)/.test(issue.message)) return issue.message;
  if (issue.code === 'invalid_type')
    return `must be ${names[issue.expected] ?? issue.expected}, not ${shown(found)}`;
  if (issue.code === 'too_small') return `must be at least ${String(issue.minimum)}, not ${shown(found)}`;
  if (issue.code === 'too_big') return `must be at most ${String(issue.maximum)}, not ${shown(found)}`;
  if (issue.code === 'invalid_value')
    return `must be ${issue.values.map(shown).join(' or ')}, not ${shown(found)}`;
  return `is not valid: ${shown(found)}`;
};
