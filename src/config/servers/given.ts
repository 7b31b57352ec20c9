import type { Notes } from '../notes.js';
import type { Salvaged } from '../schema/parse-present.js';
import type { ServerOutput } from '../schema/server.js';

type Path = readonly PropertyKey[];
type Values = Readonly<Record<string, unknown>>;

/** A server as far as it is right, beside what the file says of it. */
export type Given = Pick<Salvaged<ServerOutput>, 'isLost'> & {
  readonly server: ServerOutput;
  readonly raw: Values;
  /** Every block of variables, and where it stands. */
  readonly environments: readonly {
    readonly path: Path;
    readonly values: Readonly<Record<string, string>>;
  }[];
  readonly at: Path;
  readonly notes: Notes;
};

/** The file gives it a value, be it a wrong one. */
export const isGiven = (raw: Values, key: string): boolean => raw[key] !== undefined && raw[key] !== null;
