import { shellWord } from '../../model/shell-word.js';

/** Splits a line into words as a shell would: quotes and backslashes are honoured, nothing is expanded. */
export const splitWords = (line: string): readonly string[] => {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (quote !== null) {
      if (char === quote) quote = null;
      else if (char === '\\' && quote === '"' && /["\\$`]/.test(line.charAt(at + 1))) {
        at += 1;
        word = (word ?? '') + line.charAt(at);
      } else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === '\\' && at + 1 < line.length) {
      at += 1;
      word = (word ?? '') + line.charAt(at);
    } else word = (word ?? '') + char;
  }
  return word === null ? words : [...words, word];
};

/** A list stays as it is, a line is split. */
export const wordsOf = (value: string | readonly string[] | undefined): readonly string[] => {
  if (value === undefined) return [];
  return typeof value === 'string' ? splitWords(value) : value;
};

/** A shell line with arguments behind it. */
export const withWords = (line: string, words: readonly string[]): string =>
  [line, ...words.map(shellWord)].join(' ');
