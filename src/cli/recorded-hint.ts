import { MpmError } from '../model/errors/index.js';
import { shellWord } from '../model/shell-word.js';
import type { CommandSpec } from './arguments/spec.js';
import type { Invocation } from './invocation.js';

/** A file that cannot be read must not keep anybody from what it has started: the records know that too. */
export const withRecordedHint = (
  error: MpmError,
  command: CommandSpec,
  { options, positionals }: Invocation,
): MpmError => {
  const byRecords = command.options.some(({ name }) => name === 'recorded') && !options.flag('recorded');
  const { code, message, facts, exit } = error;
  if (!byRecords || !/^MPM_(CONFIG_INVALID|PLUGIN_)/.test(code)) return error;
  const servers = positionals.filter((word) => !isFile(word));
  const [port, pid] = [options.number('port'), options.number('pid')];
  const target =
    port !== null
      ? ['--port', String(port)]
      : pid !== null
        ? ['--pid', String(pid)]
        : servers.length > 0
          ? servers
          : ['all'];
  const line = ['mpm-io', command.name, ...target.map(shellWord), '--recorded'].join(' ');
  const hint = `${error.hint}\nUntil then, by what was recorded of it: ${line}`;
  return new MpmError(code.replace(/^MPM_/, ''), { message, hint, exit: exit as 2 }, facts, error);
};

const isFile = (word: string): boolean => /(\.config\.[^/]+|\.jsonc?|\.ya?ml)$/.test(word);
