import { suggest } from '../../model/suggest.js';
import { problem } from './option-value.js';
import type { CommandSpec, UsageProblem } from './spec.js';

/** Words that are missing, too many, or none of those that may stand there. */
export const positionalProblems = (
  command: CommandSpec,
  words: readonly string[],
): readonly UsageProblem[] => {
  const { positionals } = command;
  const needed = positionals.filter(({ optional }) => optional !== true);
  const takesMore = positionals.some(({ variadic }) => variadic === true);
  const missing = needed.slice(words.length).map(({ name }) => problem(`${command.name} needs <${name}>.`));
  const extra = takesMore ? [] : words.slice(positionals.length);
  return [
    ...missing,
    ...extra.map((word) => problem(`${command.name} does not take "${word}".`)),
    ...words.flatMap((word, place) => valueProblem(command, word, place)),
  ];
};

const valueProblem = (command: CommandSpec, word: string, place: number): readonly UsageProblem[] => {
  const last = command.positionals.at(-1);
  const positional = command.positionals[place] ?? (last?.variadic === true ? last : undefined);
  const values = positional?.values;
  if (values === undefined || values.includes(word)) return [];
  return [problem(`${command.name} takes ${values.join(', ')}, not "${word}".`, suggest(word, values))];
};
