import type { Writable } from 'node:stream';

/** Everything the command line gets from and gives to the world; a test hands in its own. */
export type Io = {
  readonly stdout: Out;
  readonly stderr: Out;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly platform: NodeJS.Platform;
  /** The program as it was called, by its path. */
  readonly program: string;
  /** Asks on the terminal; `null` without one. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** Fires on the first Ctrl-C or TERM while somebody holds; the second ends the program at once. */
  readonly signal: AbortSignal;
  /** From now until the answer is called there is something to clean up: an ending signal fires `signal` and ends nothing itself. */
  readonly hold: () => () => void;
  /** Fires when nobody reads what is printed any more: an endless output may end, work goes on. */
  readonly readerGone: AbortSignal;
};

export type Out = Pick<Writable, 'write' | 'once' | 'off'> & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};
