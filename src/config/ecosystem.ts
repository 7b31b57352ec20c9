import type { ConfigProblem } from '../model/errors/config.js';
import type { ServerKey } from '../model/key.js';
import type { Server } from '../model/server.js';

/** A plugin as an ecosystem file names it: a path, a package, or the name of a built-in style. */
export type PluginReference = {
  readonly specifier: string;
  readonly options: unknown;
  /** The folder of the file that names it; it is resolved from there. */
  readonly folder: string;
  readonly path: string;
  readonly line: number | null;
};

/** Something in the file that is accepted and not (yet, or not in the same way) honoured. */
export type ConfigWarning = {
  readonly kind: 'ignored' | 'differs' | 'supervisor';
  /** `apps[0].instances`. */
  readonly path: string;
  readonly line: number | null;
  /** The key as the file spells it. */
  readonly key: string;
  readonly server: string | null;
  readonly message: string;
};

/** What `config check` prints of one key of one server. */
export type KeyReport = {
  readonly server: string;
  readonly key: string;
  readonly verdict: 'honoured' | 'differs' | 'ignored' | 'supervisor';
  readonly how: string | null;
};

/** A loaded file. With no file found, everything is empty and `file` is null. */
export type Ecosystem = {
  readonly file: string | null;
  readonly folder: string;
  readonly servers: readonly Server[];
  readonly plugins: readonly PluginReference[];
  readonly warnings: readonly ConfigWarning[];
  readonly keys: readonly KeyReport[];
};

/**
 * A file whose core keys are checked and whose styles' own keys are not: that needs the plugins that it names.
 * `finishEcosystem` checks the rest and throws everything that is wrong at once.
 */
export type EcosystemDraft = Ecosystem & {
  readonly problems: readonly DraftProblem[];
  readonly origins: ReadonlyMap<ServerKey, Origin>;
  /** Servers with mistakes: their styles' keys are checked all the same, to be told together. */
  readonly broken: readonly BrokenServer[];
  /** Some plugins cannot be read out of it, so a style that nobody knows may be theirs. */
  readonly hidesPlugins: boolean;
};

export type DraftProblem = ConfigProblem & {
  /** Where one of these turns out to stand there misspelt, this is only what follows from it: `servers[0].port`. */
  readonly misses: readonly string[];
};

/** What its style is asked of a server whose core keys are wrong; the number of instances is 1 where it is not known. */
export type BrokenServer = Pick<Server, 'style' | 'instances' | 'options'> & { readonly origin: Origin };

/** Where a server stands in its file. */
export type Origin = {
  readonly path: readonly PropertyKey[];
  readonly lines: () => Promise<(path: readonly PropertyKey[]) => number | null>;
};
