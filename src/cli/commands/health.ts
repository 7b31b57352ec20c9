import { assess } from '../../engine/assess.js';
import { askHealth } from '../../engine/ask-health.js';
import { reportInstance } from '../../engine/build-report.js';
import { pick } from '../../engine/pick.js';
import { targetOf } from '../../engine/say.js';
import { lookAt } from '../../engine/workspace.js';
import { mpmError } from '../../model/errors/index.js';
import { exit, printJson, type Command } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { healthLine } from '../render/health.js';
import { targetRequest } from '../target-request.js';

export const run: Command = async (invocation) => {
  const { io, options, out } = invocation;
  const { workspace, words } = await openWorkspace(invocation);
  const look = lookAt(workspace);
  const request = targetRequest({ ...invocation, positionals: words }, null);
  const byName = request.port === null && request.pid === null;
  if (byName && workspace.ecosystem.file === null && look.units.size === 0)
    throw mpmError('NOTHING_DECLARED', {});
  const picked = await pick(workspace, look, request);
  const services = picked.observations.filter(({ instance }) => instance.server.type === 'service');
  const answers = await Promise.all(
    services.map(async (observation) => ({
      name: targetOf(observation.instance),
      ...(await askHealth(observation, workspace, look, assess(observation))),
      report: reportInstance(observation, look),
    })),
  );
  if (options.flag('json')) {
    printJson(io, {
      schemaVersion: 1,
      servers: answers.map(({ report, healthy, text, ms }) => ({
        ...report,
        healthy,
        answer: text,
        answerMs: ms,
      })),
    });
  } else {
    for (const answer of answers) io.stdout.write(`${healthLine(answer, out)}\n`);
    if (answers.length === 0)
      io.stderr.write(
        request.port === null ? 'There is no server to ask.\n' : `Nobody listens on port ${request.port}.\n`,
      );
  }
  return answers.length > 0 && answers.every(({ healthy }) => healthy) ? exit.ok : exit.trouble;
};
