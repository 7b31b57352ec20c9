import type { CommandSpec, OptionSpec } from './spec.js';

/** Every spelling of every option that a command takes, to the option and what the spelling means. */
export type OptionIndex = {
  readonly long: ReadonlyMap<string, { readonly option: OptionSpec; readonly negated: boolean }>;
  readonly short: ReadonlyMap<string, OptionSpec>;
};

/** A command's own options win over global ones of the same name. */
export const optionsOf = (
  command: Pick<CommandSpec, 'options'> | null,
  globalOptions: readonly OptionSpec[],
): readonly OptionSpec[] => {
  const own = command?.options ?? [];
  const names = new Set(own.map(({ name }) => name));
  const letters = new Set(own.map(({ alias }) => alias));
  const inherited = globalOptions
    .filter(({ name }) => !names.has(name))
    .map((option) => {
      if (option.alias === undefined || !letters.has(option.alias)) return option;
      const { alias: _taken, ...rest } = option;
      return rest;
    });
  return [...own, ...inherited];
};

export const indexOptions = (options: readonly OptionSpec[]): OptionIndex => {
  const long = new Map<string, { option: OptionSpec; negated: boolean }>();
  const short = new Map<string, OptionSpec>();
  for (const option of options) {
    long.set(option.name, { option, negated: false });
    if (option.negatable === true) long.set(`no-${option.name}`, { option, negated: true });
    if (option.alias !== undefined) short.set(option.alias, option);
  }
  return { long, short };
};
