/** A word as a POSIX shell takes it: quoted only where it must be. A leading `~` would be somebody's home. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-][\w@%+=:,./~-]*$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
