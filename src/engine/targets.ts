import { runBounded, timedOut } from '../host/bounded.js';
import { messageOf, mpmError } from '../model/errors/index.js';
import { defaultNamespace, displayServer } from '../model/key.js';
import { shellWord } from '../model/shell-word.js';
import { suggest } from '../model/suggest.js';
import type { Selected } from './instances.js';

/** What a person named on the command line. */
export type TargetQuery = {
  /** `all`, names, `name:index`, ids, globs, `/regex/`; none: everything, where the command allows it. */
  readonly words: readonly string[];
  readonly namespace: string | null;
  readonly style: string | null;
  /** Names to keep. */
  readonly only: readonly string[];
};

/**
 * The instances that the words name, of those that the filters leave: looked up in the found file, then in what the home
 * recorded from others. The filters come first: a name of two namespaces is the one of the namespace that was given.
 * @throws {MpmError} TARGET_UNKNOWN for the first word that names nothing, TARGET_EXCLUDED for one that the rest of the
 * query leaves out, TARGET_AMBIGUOUS for a name of two namespaces
 */
export const selectTargets = (
  query: TargetQuery,
  here: readonly Selected[],
  others: readonly Selected[],
): readonly Selected[] => {
  const { words, only, namespace, style } = query;
  const everyone = [...here, ...others];
  const fits = ({ instance: { server } }: Selected): boolean =>
    (namespace === null || server.namespace === namespace) && (style === null || server.style === style);
  const [mine, theirs] = [here.filter(fits), others.filter(fits)];
  const named =
    words.length === 0
      ? mine
      : unique(words.flatMap((word) => selectWord(word, mine, theirs, everyone, { ...query, words: [] })));
  if (only.length === 0) return named;
  const kept = new Set(only.flatMap((word) => selectWord(word, named, [], everyone, { ...query, only: [] })));
  return named.filter((selected) => kept.has(selected));
};

const unique = <T>(items: readonly T[]): readonly T[] => [...new Set(items)];

const selectWord = (
  word: string,
  here: readonly Selected[],
  others: readonly Selected[],
  everyone: readonly Selected[],
  rest: TargetQuery,
): readonly Selected[] => {
  if (word === 'all') return here;
  for (const set of [here, others]) {
    const found = match(word, set);
    if (found.length > 0) return found;
  }
  const by = spellQuery(rest);
  // One at a time none of them is ambiguous.
  if (by !== '' && everyone.some((one) => match(word, [one]).length > 0))
    throw mpmError('TARGET_EXCLUDED', { found: `There is ${word}`, by });
  const known = unique([...here, ...others].map(({ instance }) => displayServer(instance.server.key)));
  throw mpmError('TARGET_UNKNOWN', {
    target: word,
    suggestion: suggest(word, known),
    known: known.slice(0, 20),
  });
};

/** The query as it was typed, for people. */
export const spellQuery = ({ words, namespace, style, only }: TargetQuery): string =>
  [
    ...words.map(shellWord),
    ...(namespace === null ? [] : [`--namespace ${shellWord(namespace)}`]),
    ...(style === null ? [] : [`--style ${shellWord(style)}`]),
    ...(only.length === 0 ? [] : [`--only ${shellWord(only.join(','))}`]),
  ].join(' ');

/** An exact name wins, then the last `:digits`, then an id, then a pattern. */
const match = (word: string, set: readonly Selected[]): readonly Selected[] => {
  const exact = named(word, set);
  if (exact.length > 0) return exact;
  const [, name, digits] = /^(.+):(\d+)$/s.exec(word) ?? [];
  if (name !== undefined && digits !== undefined) {
    const one = named(name, set).filter(({ instance: { index } }) => index === Number(digits));
    if (one.length > 0) return one;
  }
  if (/^\d+$/.test(word)) return set.filter(({ instance }) => instance.record?.id === Number(word));
  const pattern = toPattern(word);
  return pattern === null ? [] : matching(pattern, word, set);
};

/** Longer than any pattern takes that does not try every way to part a name (`(a+)+$`). */
const patternTime = 1000;

const matching = (pattern: RegExp, target: string, set: readonly Selected[]): readonly Selected[] => {
  const fits = ({ instance: { server } }: Selected): boolean =>
    pattern.test(server.name) || pattern.test(displayServer(server.key));
  const found = runBounded(() => set.filter(fits), patternTime);
  if (found !== timedOut) return found;
  throw mpmError('TARGET_ENDLESS', { target, ms: patternTime });
};

/** `namespace/name`; a plain name means the namespace `default`, and any other only where it is the only one of that name. */
const named = (word: string, set: readonly Selected[]): readonly Selected[] => {
  const byKey = set.filter(({ instance }) => instance.server.key === word);
  if (byKey.length > 0) return byKey;
  const byName = set.filter(({ instance }) => instance.server.name === word);
  const inDefault = byName.filter(({ instance }) => instance.server.namespace === defaultNamespace);
  if (inDefault.length > 0) return inDefault;
  const keys = unique(byName.map(({ instance }) => instance.server.key));
  if (keys.length > 1) throw mpmError('TARGET_AMBIGUOUS', { target: word, candidates: keys });
  return byName;
};

/** `/regex/`, or `*`, `?` and `[a-c]` as in a shell; `null` for a plain word. */
const toPattern = (word: string): RegExp | null => {
  const [, regex, flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(word) ?? [];
  if (regex !== undefined) return compile(word, regex, flags.replace(/[gy]/g, ''));
  if (!/[*?]|\[[^\]]+\]/.test(word)) return null;
  const glob = word
    .replace(/[.+^${}()|\\]|\[(?![^\]]+\])|(?<!\[[^\]]+)\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  return compile(word, `^${glob}$`, 's');
};

const compile = (target: string, source: string, flags: string): RegExp => {
  try {
    return new RegExp(source, flags);
  } catch (thrown) {
    throw mpmError('TARGET_PATTERN', { target, why: messageOf(thrown) }, thrown);
  }
};
