import type { Arguments, CommandSpec, OptionSpec } from './arguments/spec.js';
import type { Io } from './io.js';
import type { Terminal } from './render/terminal.js';

/** One call of one command. */
export type Invocation = {
  readonly io: Io;
  readonly options: Options;
  readonly positionals: readonly string[];
  readonly rest: readonly string[];
  /** The whole command line, for commands about commands. */
  readonly commands: {
    readonly table: readonly CommandSpec[];
    readonly globalOptions: readonly OptionSpec[];
  };
  readonly out: Terminal;
  readonly err: Terminal;
};

/** A command: what it prints goes to the streams it is handed, what comes of it is its exit code. */
export type Command = (invocation: Invocation) => Promise<number>;

/** Options by name, typed on the way out. */
export class Options {
  readonly #values: Arguments['options'];

  constructor(values: Arguments['options']) {
    this.#values = values;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  /** A boolean that may be absent. */
  choice(name: string): boolean | undefined {
    const value = this.#values[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  text(name: string): string | null {
    const value = this.#values[name];
    return typeof value === 'string' ? value : null;
  }

  number(name: string): number | null {
    const value = this.#values[name];
    return typeof value === 'number' ? value : null;
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }
}

/** Exit codes (docs/commands.md). */
export const exit = { ok: 0, failed: 1, usage: 2, trouble: 3, interrupted: 130 } as const;

export const printJson = (io: Io, value: unknown): void => {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
};
