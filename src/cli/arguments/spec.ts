/** An option of a command, as readers, help, completion and the reference page know it. */
export type OptionSpec = {
  /** Long name without the dashes. */
  readonly name: string;
  /** One letter. */
  readonly alias?: string;
  /** `list` may be repeated, and each value may hold commas. */
  readonly type: 'boolean' | 'string' | 'number' | 'list';
  readonly summary: string;
  /** The only values it takes. */
  readonly values?: readonly string[];
  /** What the value is called in help: `N`, `FILE`, `NAME`. */
  readonly argument?: string;
  /** A boolean that may be turned off by `--no-NAME`. */
  readonly negatable?: boolean;
};

export type PositionalSpec = {
  readonly name: string;
  readonly summary: string;
  readonly variadic?: boolean;
  readonly optional?: boolean;
  /** The only values it takes. */
  readonly values?: readonly string[];
  /** Completion offers the names of servers. */
  readonly servers?: boolean;
};

export type CommandSpec = {
  /** One word, or two where commands lie under another: `config check`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** The heading it stands under in help. */
  readonly group: string;
  readonly hidden?: boolean;
  /** What stands behind `--` is its own; any other command refuses it. */
  readonly takesRest?: boolean;
};

export type OptionValue = boolean | string | number | readonly string[];

/** What was typed, read by a command's own table. Options that were not given are not there. */
export type Arguments = {
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly positionals: readonly string[];
  /** Behind `--`. */
  readonly rest: readonly string[];
};

export type UsageProblem = { readonly message: string; readonly suggestion: string | null };

/** A list of problems when what was typed cannot be read. */
export type ReadResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly UsageProblem[] };

/** How an option is spelled in help: `-n, --lines N`. */
export const optionHead = (option: OptionSpec): string => {
  const long = `--${option.negatable === true ? '[no-]' : ''}${option.name}`;
  const argument = option.type === 'boolean' ? '' : ` ${argumentName(option)}`;
  return `${option.alias === undefined ? '' : `-${option.alias}, `}${long}${argument}`;
};

const argumentName = (option: OptionSpec): string =>
  option.argument ?? option.values?.join('|') ?? (option.type === 'number' ? 'N' : option.name.toUpperCase());

/** `start [targets..]`, as help and yargs write it. */
export const commandUsage = (command: CommandSpec): string =>
  [command.name, ...command.positionals.map(positionalHead)].join(' ');

const positionalHead = ({ name, variadic, optional }: PositionalSpec): string => {
  const word = variadic === true ? `${name}..` : name;
  return optional === true ? `[${word}]` : `<${word}>`;
};
