import { type PidFileFact, type PidFileVerdict } from 'mpm-io/plugin';

/** What is done about a PID file that does not name the server. */
type Treatment = {
  /** May a start go on, and write over it? */
  readonly start: 'go' | 'refuse';
  /** It says nothing that is true any more: a changing command may take it away. */
  readonly removable: boolean;
  readonly advice: string;
};

const advise = (advice: string): Treatment => ({ start: 'refuse', removable: false, advice });

export const treatments: Readonly<Record<PidFileVerdict, Treatment>> = {
  live: { start: 'go', removable: false, advice: '' },
  missing: { start: 'go', removable: false, advice: '' },
  stale: { start: 'go', removable: true, advice: 'It is left over and is replaced.' },
  zombie: { start: 'go', removable: true, advice: 'It is left over and is replaced.' },
  reused: {
    start: 'go',
    removable: true,
    advice: 'It is left over and is replaced; the process is not touched.',
  },
  empty: { start: 'go', removable: false, advice: 'It is written anew.' },
  garbage: advise('Look what it is, and remove it or declare another pidFile.'),
  foreign: advise('Declare the right pidFile, or remove the file if it is left over.'),
  symlink: advise('Declare the path that the link leads to.'),
  'other-owner': advise('Remove it as its owner or as root.'),
  'writable-by-others': advise('Put it where only you and root can write, such as /run/user/<uid>.'),
  'not-a-file': advise('Declare the path of a plain file.'),
  unreadable: advise('Read it as the user who runs the server.'),
};

/** What a changing command may take away, once it has looked again. */
export const removable = (facts: readonly PidFileFact[]): readonly PidFileFact[] =>
  facts.filter(({ verdict }) => treatments[verdict].removable);
