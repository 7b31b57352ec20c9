import { buildYargs } from './arguments/build-yargs.js';
import { globalHelp } from './arguments/help-text.js';
import { globalOptions, table } from './table.js';
import { visibleWidth } from '../model/text.js';

/** Help of one command, or of all, cut to a width. yargs lays it out, from the same table that is read. */
export const helpText = async (command: string | null, width: number): Promise<string> => {
  const below = table.filter(({ name }) => command !== null && name.startsWith(`${command} `));
  const text =
    below.length > 0 && !table.some(({ name }) => name === command)
      ? globalHelp(below)
      : await laidOut(command);
  const lines = text.trimEnd().split('\n');
  return `${lines.map((line) => wrapLine(line, width)).join('\n')}\n`;
};

const laidOut = async (command: string | null): Promise<string> => {
  const parser = (await buildYargs(table, globalOptions)).help('help');
  return new Promise<string>((resolve, reject) => {
    const words = command === null ? [] : command.split(' ');
    void parser.parse(
      [...words, '--help'],
      (error: Error | null | undefined, _reading: unknown, output: string) =>
        error === undefined || error === null ? resolve(output) : reject(error),
    );
  });
};

/** A row of two columns goes on below its second one; where that is too narrow, a little to the right. */
const wrapLine = (line: string, width: number): string => {
  if (visibleWidth(line) <= width) return line;
  const left = /^ {2}\S.*? {2,}(?=\S)/.exec(line)?.[0].length ?? 0;
  const indent = ' '.repeat(left > width / 2 ? 6 : left);
  const lines: string[] = [];
  let current = line.slice(0, left).trimEnd();
  if (left > width / 2) lines.push(current);
  current = left > width / 2 ? indent : line.slice(0, left);
  for (const word of line.slice(left).split(' ')) {
    const room = current.trim() === '' || current.length === left ? '' : ' ';
    if (visibleWidth(current + room + word) > width && current.trim() !== '') {
      lines.push(current.trimEnd());
      current = indent + word;
    } else current += room + word;
  }
  return [...lines, current].join('\n');
};
