import { sanitise } from '../../model/text.js';

/** A word as a shell takes it: quoted only where it must be. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** A command line of ours, as it is typed, safe to print. */
export const commandLine = (...words: readonly string[]): string =>
  sanitise(['mpm-io', ...words.map(shellWord)].join(' '));
