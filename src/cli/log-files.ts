import type { Selected } from '../engine/instances.js';
import { pickRecorded, type PickRequest } from '../engine/pick.js';
import { targetOf } from '../engine/say.js';
import { lookAt, type Workspace } from '../engine/workspace.js';
import type { LogFile } from '../logs/log-line.js';
import { mpmError } from '../model/errors/index.js';
import type { UnitSpec } from '../model/unit.js';
import { logFilesOf } from '../units/log-files.js';
import type { OpenedWorkspace } from './open-workspace.js';

/**
 * The files that the named servers write, or wrote before they were forgotten; where two write one file it is read once.
 * @throws {MpmError} NOTHING_DECLARED, or NO_LOGS with the reason
 */
export const logFiles = (
  { workspace, homeFolder, words }: OpenedWorkspace,
  request: PickRequest,
): readonly LogFile[] => {
  const look = lookAt(workspace);
  const { port, pid } = request;
  const selected = pickRecorded(workspace, look, request);
  if (selected.length === 0 && workspace.ecosystem.file === null && port === null && pid === null)
    throw mpmError('NOTHING_DECLARED', {});
  if (selected.length === 0) throw unknownTo(workspace, request);
  const units = selected.flatMap(({ instance }) => {
    const { record } = instance;
    // Another file's record may have an equal key: those files are its own.
    const forgotten = record === null && !look.units.has(instance.key);
    const spec = record?.spec ?? (forgotten ? unitOf(workspace, instance) : null);
    return spec === null ? [] : [{ source: targetOf(instance), isRecorded: record !== null, spec }];
  });
  const files = units.flatMap(({ source, isRecorded, spec }): readonly LogFile[] => {
    const { out, err } = logFilesOf(homeFolder, spec);
    const isThere = (path: string | null): path is string =>
      path !== null && (isRecorded || workspace.host.files.stat(path) !== null);
    return [
      ...(isThere(out) ? [{ source, stream: 'out' as const, path: out }] : []),
      ...(isThere(err) ? [{ source, stream: 'err' as const, path: err }] : []),
    ];
  });
  if (files.length === 0 && !units.some(({ isRecorded }) => isRecorded))
    throw neverStarted(workspace, selected, words);
  return files.filter(({ path }, index) => files.findIndex((other) => other.path === path) === index);
};

const unitOf = ({ styles }: Workspace, { server, index }: Selected['instance']): UnitSpec | null => {
  const unit = styles.get(server.style)?.style.unit;
  if (unit === undefined || server.command === null) return null;
  try {
    return unit(server, index);
  } catch {
    return null; // a style that cannot make the unit has started none
  }
};

const unknownTo = ({ say }: Workspace, { port, pid }: PickRequest): Error => {
  const pointed = port === null ? ['--pid', String(pid)] : ['--port', String(port)];
  return port === null && pid === null
    ? mpmError('NO_LOGS', {
        why: 'There is no server here.',
        hint: `See what other files have recorded: ${say('status', '--everywhere')}`,
      })
    : mpmError('NO_LOGS', {
        why: `mpm-io did not start what has ${pointed.join(' ').slice(2).replace('pid', 'PID')}, so its output is not here.`,
        hint: `See who it is: ${say('diagnose', ...pointed)}`,
      });
};

const neverStarted = (
  { styles, say }: Workspace,
  selected: readonly Selected[],
  words: readonly string[],
): Error => {
  const foreign = selected
    .map(({ instance }) => instance.server)
    .find(({ style }) => isForeign(styles, style));
  return foreign === undefined
    ? mpmError('NO_LOGS', {
        why: 'None of these servers was started by mpm-io, so their output is not here.',
        hint: `Start them with: ${say('start', words[0] ?? 'all')}`,
      })
    : mpmError('NO_LOGS', {
        why: `Servers of the style ${foreign.style} are run by its own manager: their output is not kept here.`,
        hint: `See what is known of them: ${say('info', foreign.name)}`,
      });
};

/** It launches nothing through mpm-io. */
const isForeign = (styles: Workspace['styles'], style: string): boolean =>
  styles.get(style)?.style.unit === undefined;
