import type { Writable } from 'node:stream';
import { follow, tailLines } from '../../logs/follow.js';
import { formatLine } from '../../logs/format-line.js';
import { type LogFilter, readLogFilter } from '../../logs/log-filter.js';
import { writeLines } from '../../logs/write-lines.js';
import type { LogLine } from '../../logs/log-line.js';
import { mpmError } from '../../model/errors/index.js';
import { visibleWidth } from '../../model/text.js';
import { exit, type Command, type Invocation } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { logFiles } from '../log-files.js';
import { targetRequest } from '../target-request.js';

const defaultLines = 15;

export const run: Command = async (invocation) => {
  const { io, options, out } = invocation;
  const opened = await openWorkspace(invocation);
  const filter = readFilter(invocation, opened.workspace.host.clock.now());
  const request = targetRequest({ ...invocation, positionals: opened.words }, null);
  const files = logFiles(opened, request);
  const lines = options.number('lines') ?? defaultLines;
  const format = {
    kind: options.flag('json')
      ? ('json' as const)
      : options.flag('raw')
        ? ('raw' as const)
        : ('prefixed' as const),
    colour: out.colour,
    tty: out.tty,
    nameWidth: Math.max(0, ...files.map(({ source }) => visibleWidth(source))),
  };
  const following = options.choice('follow') ?? out.tty;
  const signal = AbortSignal.any([io.signal, io.readerGone]);
  const source = following ? follow(files, { signal, lines, filter }) : tailLines(files, lines, { filter });
  const timeless = tellTimeless(invocation, filter);
  const show = (line: LogLine): string => {
    if (line.at === null) timeless();
    return formatLine(line, format);
  };
  await writeLines<LogLine>(source, io.stdout as Writable, show, signal);
  return exit.ok;
};

/** A line that carries no time is never left out for its time; who asked for a time is told so, once. */
const tellTimeless = ({ io, options }: Invocation, { since, until }: LogFilter): (() => void) => {
  let told = (since === null && until === null) || options.flag('json');
  return () => {
    if (told) return;
    told = true;
    io.stderr.write(
      'Lines that carry no time at their beginning are all shown: --since and --until cannot judge them.\n',
    );
  };
};

const readFilter = ({ options }: Invocation, now: number) => {
  const text = (name: string) => {
    const value = options.text(name);
    return value === null ? {} : { [name]: value };
  };
  const read = readLogFilter(
    {
      out: options.flag('out'),
      err: options.flag('err'),
      ...text('grep'),
      ...text('since'),
      ...text('until'),
    },
    now,
  );
  const both =
    options.flag('json') && options.flag('raw') ? ['--json and --raw are two formats: give one.'] : [];
  if (read.ok && both.length === 0) return read.filter;
  throw mpmError('USAGE', {
    problems: [...both, ...(read.ok ? [] : read.problems)].map((message) => ({ message, suggestion: null })),
    command: 'logs',
  });
};
