import type { Selected } from '../engine/instances.js';
import { pickRecorded, type PickRequest } from '../engine/pick.js';
import { targetOf } from '../engine/say.js';
import { lookAt, type Workspace } from '../engine/workspace.js';
import type { LogFile } from '../logs/log-line.js';
import { mpmError } from '../model/errors/index.js';
import type { UnitSpec } from '../model/unit.js';
import type { Look } from '../plugin/contract.js';
import type { Home } from '../units/home.js';
import { logFilesOf } from '../units/log-files.js';
import type { OpenedWorkspace } from './open-workspace.js';

/**
 * The files that the named servers write, or wrote before they were forgotten; where two write one file it is read once.
 * @throws {MpmError} NOTHING_DECLARED, or NO_LOGS with the reason
 */
export const logFiles = (opened: OpenedWorkspace, request: PickRequest): readonly LogFile[] => {
  const { workspace, homeFolder, words } = opened;
  const look = lookAt(workspace);
  const { port, pid } = request;
  const selected = pickRecorded(workspace, look, request);
  if (selected.length === 0 && workspace.ecosystem.file === null && port === null && pid === null)
    throw mpmError('NOTHING_DECLARED', {});
  if (selected.length === 0) throw unknownTo(workspace, request);
  const units = selected.map(({ instance }) => ({ instance, isRecorded: instance.record !== null }));
  const files = units.flatMap(({ instance }) => {
    const { record } = instance;
    return record === null
      ? leftLogs(opened, look, instance)
      : filesOf(homeFolder, targetOf(instance), record.spec);
  });
  if (files.length === 0 && !units.some(({ isRecorded }) => isRecorded))
    throw neverStarted(workspace, selected, words);
  return files.filter(({ path }, index) => files.findIndex((other) => other.path === path) === index);
};

/** What a server without a record has left. Where another file's record has an equal key those files are its own. */
export const leftLogs = (
  { workspace, homeFolder }: OpenedWorkspace,
  look: Look,
  instance: Selected['instance'],
): readonly LogFile[] => {
  const spec = look.units.has(instance.key) ? null : unitOf(workspace, instance);
  return spec === null
    ? []
    : filesOf(homeFolder, targetOf(instance), spec).filter(
        ({ path }) => workspace.host.files.stat(path) !== null,
      );
};

const filesOf = (home: Home, source: string, spec: UnitSpec): readonly LogFile[] => {
  const { out, err } = logFilesOf(home, spec);
  return [
    ...(out === null ? [] : [{ source, stream: 'out' as const, path: out }]),
    ...(err === null ? [] : [{ source, stream: 'err' as const, path: err }]),
  ];
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
