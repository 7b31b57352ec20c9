import { pick, pickRecorded, type PickRequest } from '../../engine/pick.js';
import { assess } from '../../engine/assess.js';
import { stateOf } from '../../engine/build-report.js';
import { targetOf } from '../../engine/say.js';
import { isReady, isStopped, waitFor, waitUntilReady } from '../../engine/wait-for.js';
import type { Selected } from '../../engine/instances.js';
import { lookAt, type Workspace } from '../../engine/workspace.js';
import { formatDuration, parseDuration } from '../../model/duration.js';
import type { Look } from '../../plugin/contract.js';
import { mpmError } from '../../model/errors/index.js';
import { exit, printJson, type Command } from '../invocation.js';
import { nothingMatches } from '../nothing-matches.js';
import { openWorkspace } from '../open-workspace.js';
import { targetRequest } from '../target-request.js';

export const run: Command = async (invocation) => {
  const { io, options } = invocation;
  const { workspace, words } = await openWorkspace(invocation);
  const request = targetRequest({ ...invocation, positionals: words }, 'wait');
  const given = options.text('timeout') ?? '60s';
  const timeout = parseDuration(given);
  if (timeout === null)
    throw mpmError('OPTION_INVALID', {
      option: 'timeout',
      value: given,
      why: 'a duration is written as 500ms, 30s, 2m',
    });
  const wanted = options.text('for') === 'stopped' ? 'stopped' : 'ready';
  const selected = await pickWaited(workspace, request, wanted);
  const instances = selected.map(({ instance }) => instance);
  const release = io.hold(); // an interrupted wait tells how far it has come
  const { held, observations } = await (
    wanted === 'ready'
      ? waitUntilReady(workspace, instances, isReady, timeout)
      : waitFor(workspace, instances, isStopped, timeout)
  ).finally(release);
  const states = observations.map((observation) => ({
    server: targetOf(observation.instance),
    state: stateOf(assess(observation)),
    held: (wanted === 'ready' ? isReady : isStopped)(observation),
  }));
  if (options.flag('json'))
    printJson(io, { held, servers: states.map(({ server, state }) => ({ server, state })) });
  else {
    const why = io.signal.aborted ? 'interrupted' : `not ${wanted} after ${formatDuration(timeout)}`;
    for (const { server, state, held: fine } of states)
      io.stderr.write(`${server}: ${state}${fine ? '' : `, ${why}`}\n`);
    if (!held && !io.signal.aborted)
      io.stderr.write(
        `See why with: ${workspace.say('diagnose', ...states.filter((one) => !one.held).map((one) => one.server))}\n`,
      );
  }
  if (io.signal.aborted) return exit.interrupted;
  return held ? exit.ok : exit.failed;
};

type Wanted = 'ready' | 'stopped';

/** Tasks among others are passed over: nobody waits for them to be ready. One that alone is named is waited for until it is done. */
const pickWaited = async (
  workspace: Workspace,
  request: PickRequest,
  wanted: Wanted,
): Promise<readonly Selected[]> => {
  const look = lookAt(workspace);
  const found = await pickDeclared(workspace, look, request);
  if (found.length === 0) throw nothingMatches(request, workspace, look.units.size);
  const services = found.filter(({ instance }) => instance.server.type === 'service');
  return wanted === 'stopped' || services.length === 0 ? found : services;
};

/** What no file and no record knows cannot be looked up again. */
const pickDeclared = async (
  workspace: Workspace,
  look: Look,
  request: PickRequest,
): Promise<readonly Selected[]> => {
  const found = pickRecorded(workspace, look, request);
  if (found.length > 0 || (request.port === null && request.pid === null)) return found;
  const { observations } = await pick(workspace, look, request);
  return observations.filter(({ undeclared, view }) => !undeclared || view !== null);
};
