import { pickByName } from '../../engine/pick.js';
import { assess } from '../../engine/assess.js';
import { stateOf } from '../../engine/build-report.js';
import { targetOf } from '../../engine/say.js';
import { isReady, isStopped, waitFor } from '../../engine/wait-for.js';
import { lookAt } from '../../engine/workspace.js';
import { formatDuration, parseDuration } from '../../model/duration.js';
import { mpmError } from '../../model/errors/index.js';
import { exit, printJson, type Command } from '../invocation.js';
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
  const look = lookAt(workspace);
  const selected = pickByName(workspace, look, request).filter(
    ({ instance }) =>
      (request.port === null || instance.port === request.port) &&
      (request.pid === null || look.units.get(instance.key)?.main?.pid === request.pid) &&
      (wanted === 'stopped' || instance.server.type === 'service'),
  );
  if (selected.length === 0 && (request.port !== null || request.pid !== null))
    throw mpmError('OPTION_INVALID', {
      option: request.port === null ? 'pid' : 'port',
      value: String(request.port ?? request.pid),
      why: 'no server that is declared or recorded here has it, so there is nothing to wait for',
    });
  const { held, observations } = await waitFor(
    workspace,
    selected.map(({ instance }) => instance),
    wanted === 'ready' ? isReady : isStopped,
    timeout,
  );
  const states = observations.map((observation) => ({
    server: targetOf(observation.instance),
    state: stateOf(assess(observation)),
    held: (wanted === 'ready' ? isReady : isStopped)(observation),
  }));
  if (options.flag('json'))
    printJson(io, { held, servers: states.map(({ server, state }) => ({ server, state })) });
  else {
    for (const { server, state, held: fine } of states)
      io.stderr.write(
        `${server}: ${state}${fine ? '' : `, not ${wanted} after ${formatDuration(timeout)}`}\n`,
      );
    if (!held) io.stderr.write(`See why with: ${workspace.say('diagnose', ...words)}\n`);
  }
  return held ? exit.ok : exit.failed;
};
