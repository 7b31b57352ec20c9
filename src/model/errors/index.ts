import { cliErrors } from './cli.js';
import { configErrors } from './config.js';
import { engineErrors } from './engine.js';
import type { ErrorText } from './entry.js';
import { pluginErrors } from './plugin.js';
import { unitErrors } from './units.js';

/** Every error mpm-io can tell, by code. `docs/errors.md` has a heading for each; a test holds them equal. */
export const catalogue = { ...configErrors, ...pluginErrors, ...unitErrors, ...engineErrors, ...cliErrors };

export type ErrorKey = keyof typeof catalogue;

type FactsOf<K extends ErrorKey> = Parameters<(typeof catalogue)[K]>[0];

/** An expected failure with its code. Told apart by `code`, never by `instanceof`: a plugin may carry its own copy. */
export class MpmError extends Error {
  override readonly name = 'MpmError';
  readonly code: string;
  readonly hint: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly exit: number;
  readonly docs: string;

  constructor(key: string, text: ErrorText, facts: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(text.message, cause === undefined ? undefined : { cause });
    this.code = `MPM_${key}`;
    this.hint = text.hint;
    this.facts = facts;
    this.exit = text.exit;
    this.docs = `docs/errors.md#mpm_${key.toLowerCase()}`;
  }
}

/** Makes the error of a code from its facts; a missing fact does not compile. */
export const mpmError = <K extends ErrorKey>(key: K, facts: FactsOf<K>, cause?: unknown): MpmError => {
  const text = (catalogue[key] as (facts: FactsOf<K>) => ErrorText)(facts);
  return new MpmError(key, text, facts, cause);
};

/** Also true for an error of another copy of this package. */
export const isMpmError = (error: unknown): error is MpmError =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.startsWith('MPM_');

/** The words of whatever was thrown, which may be anything: also what has no text. */
export const messageOf = (thrown: unknown): string => {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return 'something that has no text'; // an object without a prototype, or whose toString throws
  }
};
