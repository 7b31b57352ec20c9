import { optionsOf } from '../arguments/option-index.js';
import type { CommandSpec, OptionSpec, PositionalSpec } from '../arguments/spec.js';

/**
 * What may stand in place of the last word, which may be empty or half typed. `words` is what was typed behind `mpm-io`; `names` are the
 * servers'. Nothing: the shell offers files.
 */
export const complete = (
  table: readonly CommandSpec[],
  globalOptions: readonly OptionSpec[],
  words: readonly string[],
  names: readonly string[],
): readonly string[] => {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (before.includes('--')) return [];
  const { command, given } = commandIn(table, globalOptions, before);
  const options = optionsOf(command, globalOptions);
  const candidates =
    valuesOf(options, before.at(-1), current) ??
    (current.startsWith('-')
      ? options.flatMap(spellings)
      : command === null
        ? commandWords(table, given)
        : [
            ...commandWords(table, [command.name, ...given]),
            ...positionalWords(command.positionals, given, names),
          ]);
  return [...new Set(candidates)].filter((candidate) => candidate.startsWith(current));
};

type Typed = { readonly command: CommandSpec | null; readonly given: readonly string[] };

/** The command, and the words that are neither it nor an option nor the value of one. */
const commandIn = (
  table: readonly CommandSpec[],
  globalOptions: readonly OptionSpec[],
  before: readonly string[],
): Typed => {
  const all = [...globalOptions, ...table.flatMap((command) => command.options)];
  const plain = before.filter((word, place) => !word.startsWith('-') && !takesNext(all, before[place - 1]));
  const [first, second] = plain;
  const named = (name: string): CommandSpec | undefined =>
    table.find((command) => command.name === name || command.aliases?.includes(name) === true);
  const pair = second === undefined ? undefined : named(`${first} ${second}`);
  if (pair !== undefined) return { command: pair, given: plain.slice(2) };
  const single = first === undefined ? undefined : named(first);
  return single === undefined ? { command: null, given: plain } : { command: single, given: plain.slice(1) };
};

const takesNext = (options: readonly OptionSpec[], word: string | undefined): boolean =>
  optionAt(options, word)?.type !== 'boolean' && optionAt(options, word) !== undefined;

const optionAt = (options: readonly OptionSpec[], word: string | undefined): OptionSpec | undefined =>
  word === undefined || !word.startsWith('-')
    ? undefined
    : options.find(
        ({ name, alias }) => word === `--${name}` || (alias !== undefined && word === `-${alias}`),
      );

/** Behind `--name=` or `--name `; `undefined` where no value stands. */
const valuesOf = (
  options: readonly OptionSpec[],
  previous: string | undefined,
  current: string,
): readonly string[] | undefined => {
  const equals = current.startsWith('--') ? current.indexOf('=') : -1;
  if (equals !== -1) {
    const head = current.slice(0, equals);
    return (optionAt(options, head)?.values ?? []).map((value) => `${head}=${value}`);
  }
  return takesNext(options, previous) ? (optionAt(options, previous)?.values ?? []) : undefined;
};

const spellings = ({ name, negatable }: OptionSpec): readonly string[] =>
  negatable === true ? [`--${name}`, `--no-${name}`] : [`--${name}`];

/** The next word of every command that begins like this. */
const commandWords = (table: readonly CommandSpec[], given: readonly string[]): readonly string[] => {
  const head = given.length === 0 ? '' : `${given.join(' ')} `;
  return table
    .filter(({ hidden, name }) => hidden !== true && name.startsWith(head))
    .map(({ name }) => name.slice(head.length).split(' ')[0] ?? '')
    .filter((word) => word !== '');
};

const positionalWords = (
  positionals: readonly PositionalSpec[],
  given: readonly string[],
  names: readonly string[],
): readonly string[] => {
  const last = positionals.at(-1);
  const positional = positionals[given.length] ?? (last?.variadic === true ? last : undefined);
  if (positional === undefined) return [];
  if (positional.values !== undefined) return positional.values;
  if (positional.servers !== true) return [];
  return [...names, ...(positional.variadic === true ? ['all'] : [])].filter((name) => !given.includes(name));
};
