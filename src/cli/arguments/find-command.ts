import { suggest } from '../../model/suggest.js';
import { indexOptions } from './option-index.js';
import { problem } from './option-value.js';
import { looksLikeOption } from './read-arguments.js';
import type { CommandSpec, OptionSpec, ReadResult } from './spec.js';

/** Which command was meant, and the words without its name. `command` is null when there is no word but options. */
export type FoundCommand = { readonly command: CommandSpec | null; readonly argv: readonly string[] };

/** Global options may stand before the command: `mpm-io --json status`. */
export const findCommand = (
  table: readonly CommandSpec[],
  globalOptions: readonly OptionSpec[],
  argv: readonly string[],
): ReadResult<FoundCommand> => {
  const place = firstWord(argv, globalOptions);
  const word = argv[place];
  if (word === undefined || word === '--') return { ok: true, value: { command: null, argv } };
  const second = argv[place + 1];
  const pair = second === undefined ? undefined : named(table, `${word} ${second}`);
  const command = pair ?? named(table, word);
  const taken = pair === undefined ? 1 : 2;
  if (command !== undefined) {
    return { ok: true, value: { command, argv: argv.toSpliced(place, taken) } };
  }
  return { ok: false, problems: [unknownCommand(table, word, second)] };
};

const named = (table: readonly CommandSpec[], name: string): CommandSpec | undefined =>
  table.find((command) => command.name === name || command.aliases?.includes(name) === true);

const firstWord = (argv: readonly string[], globalOptions: readonly OptionSpec[]): number => {
  const { long, short } = indexOptions(globalOptions);
  let place = 0;
  for (; place < argv.length; place += 1) {
    const word = argv[place] ?? '';
    if (word === '--' || !looksLikeOption(word)) break;
    const option = word.startsWith('--') ? long.get(word.slice(2))?.option : short.get(word.slice(-1));
    if (option !== undefined && option.type !== 'boolean') place += 1;
  }
  return Math.min(place, argv.length);
};

const unknownCommand = (table: readonly CommandSpec[], word: string, second: string | undefined) => {
  const below = table
    .filter(({ name }) => name.startsWith(`${word} `))
    .map(({ name }) => name.slice(word.length + 1));
  if (below.length > 0) {
    const near = second === undefined ? null : suggest(second, below);
    return second === undefined || looksLikeOption(second)
      ? problem(`${word} needs one of ${below.join(', ')}.`)
      : problem(`There is no command ${word} ${second}.`, near === null ? null : `${word} ${near}`);
  }
  const names = table
    .filter(({ hidden }) => hidden !== true)
    .flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  return problem(`There is no command ${word}.`, suggest(word, names));
};
