import type { Writable } from 'node:stream';
import { pickByName } from '../../engine/pick.js';
import { targetOf } from '../../engine/say.js';
import { lookAt } from '../../engine/workspace.js';
import { follow, tailLines } from '../../logs/follow.js';
import { formatLine } from '../../logs/format-line.js';
import { readLogFilter } from '../../logs/log-filter.js';
import { writeLines } from '../../logs/write-lines.js';
import { type LogFile, type LogLine } from '../../logs/log-line.js';
import { mpmError } from '../../model/errors/index.js';
import { visibleWidth } from '../../model/text.js';
import { logFilesOf } from '../../units/log-files.js';
import { exit, type Command, type Invocation } from '../invocation.js';
import { openWorkspace, type OpenedWorkspace } from '../open-workspace.js';
import { targetRequest } from '../target-request.js';

const defaultLines = 15;

export const run: Command = async (invocation) => {
  const { io, options, out } = invocation;
  const opened = await openWorkspace(invocation);
  const filter = readFilter(invocation, opened.workspace.host.clock.now());
  const files = filesOf(opened, invocation);
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
  await writeLines<LogLine>(source, io.stdout as Writable, (line) => formatLine(line, format), signal);
  return exit.ok;
};

/** The files of what is recorded; where two instances write one file it is read once. */
const filesOf = (
  { workspace, homeFolder, words }: OpenedWorkspace,
  invocation: Invocation,
): readonly LogFile[] => {
  const request = targetRequest({ ...invocation, positionals: words }, null);
  const selected = pickByName(workspace, lookAt(workspace), request).filter(
    ({ instance }) => request.port === null || instance.port === request.port,
  );
  const recorded = selected.flatMap(({ instance }) =>
    instance.record === null ? [] : [{ instance, spec: instance.record.spec }],
  );
  if (recorded.length === 0) throw mpmError('NO_LOGS', { start: workspace.say('start', words[0] ?? 'all') });
  const files = recorded.flatMap(({ instance, spec }): readonly LogFile[] => {
    const { out, err } = logFilesOf(homeFolder, spec);
    const source = targetOf(instance);
    return [
      ...(out === null ? [] : [{ source, stream: 'out' as const, path: out }]),
      ...(err === null ? [] : [{ source, stream: 'err' as const, path: err }]),
    ];
  });
  return files.filter(({ path }, index) => files.findIndex((other) => other.path === path) === index);
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
  if (read.ok) return read.filter;
  throw mpmError('USAGE', {
    problems: read.problems.map((message) => ({ message, suggestion: null })),
    command: 'logs',
  });
};
