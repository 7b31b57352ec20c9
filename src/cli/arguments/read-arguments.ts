import { suggest } from '../../model/suggest.js';
import { indexOptions, optionsOf } from './option-index.js';
import type { OptionIndex } from './option-index.js';
import { isProblem, problem, readValue } from './option-value.js';
import { positionalProblems } from './positionals.js';
import type { Arguments, CommandSpec, OptionSpec, OptionValue, ReadResult, UsageProblem } from './spec.js';

/**
 * Reads what stands behind a command's name, by the same table from which yargs is built, without loading it:
 * `--x=y`, `--x y`, `-n 5`, `-n5`, `-ab`, `--no-x`, lists with commas or repeated, `--` before the rest. Everything wrong is told at once.
 */
export const readArguments = (
  command: CommandSpec,
  globalOptions: readonly OptionSpec[],
  argv: readonly string[],
): ReadResult<Arguments> => {
  const reading = readWords(indexOptions(optionsOf(command, globalOptions)), argv);
  const problems = [...reading.problems, ...positionalProblems(command, reading.positionals)];
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { options: reading.options, positionals: reading.positionals, rest: reading.rest } };
};

type Reading = {
  readonly options: Record<string, OptionValue>;
  readonly positionals: string[];
  readonly rest: string[];
  readonly problems: UsageProblem[];
};

const readWords = (index: OptionIndex, argv: readonly string[]): Reading => {
  const reading: Reading = { options: {}, positionals: [], rest: [], problems: [] };
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') {
      reading.rest.push(...words);
      break;
    }
    if (word.startsWith('--')) readLong(word, words, index, reading);
    else if (looksLikeOption(word)) readCluster(word, words, index, reading);
    else reading.positionals.push(word);
  }
  return reading;
};

/** `-` alone is a word, and so is a negative number. */
export const looksLikeOption = (word: string): boolean =>
  word.length > 1 && word.startsWith('-') && !/^-(\d+(\.\d+)?|\.\d+)$/.test(word);

const readLong = (word: string, words: string[], index: OptionIndex, reading: Reading): void => {
  const equals = word.indexOf('=');
  const name = word.slice(2, equals === -1 ? undefined : equals);
  const found = index.long.get(name);
  if (found === undefined) {
    reading.problems.push(unknownOption(`--${name}`, index));
    return;
  }
  const { option, negated } = found;
  if (negated && equals !== -1) reading.problems.push(problem(`--${name} takes no value.`));
  else if (negated) reading.options[option.name] = false;
  else if (equals !== -1) store(option, word.slice(equals + 1), reading);
  else if (option.type === 'boolean') reading.options[option.name] = true;
  else takeNext(option, words, reading);
};

/** Booleans may stand together behind one dash; the last letter may take a value: `-fn 5`, `-fn5`, `-n=5`. */
const readCluster = (word: string, words: string[], index: OptionIndex, reading: Reading): void => {
  for (let place = 1; place < word.length; place += 1) {
    const letter = word.charAt(place);
    const option = index.short.get(letter);
    const behind = word.slice(place + 1);
    if (option === undefined) {
      reading.problems.push(unknownOption(`-${letter}`, index));
      return;
    }
    if (behind.startsWith('=')) return store(option, behind.slice(1), reading);
    if (option.type === 'boolean') reading.options[option.name] = true;
    else if (behind === '') takeNext(option, words, reading);
    else if (/^-?(\d|\.\d)/.test(behind)) return store(option, behind, reading);
    else {
      reading.problems.push(problem(`-${letter} needs a value.`, `-${letter} ${behind}`));
      return;
    }
  }
};

const takeNext = (option: OptionSpec, words: string[], reading: Reading): void => {
  const next = words[0];
  if (next === undefined || looksLikeOption(next)) {
    reading.problems.push(problem(`--${option.name} needs a value.`));
    return;
  }
  words.shift();
  store(option, next, reading);
};

/** Lists grow; of anything else the last one counts. */
const store = (option: OptionSpec, text: string, reading: Reading): void => {
  const value = readValue(option, text);
  if (isProblem(value)) {
    reading.problems.push(value);
    return;
  }
  const before = reading.options[option.name];
  reading.options[option.name] =
    Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
};

const unknownOption = (spelled: string, index: OptionIndex): UsageProblem => {
  const near = spelled.startsWith('--') ? suggest(spelled.slice(2), [...index.long.keys()]) : null;
  return problem(`There is no option ${spelled}.`, near === null ? null : `--${near}`);
};
