import { reportInstance } from '../../engine/build-report.js';
import { describeInstance } from '../../engine/describe-instance.js';
import { pick } from '../../engine/pick.js';
import { findConflicts } from '../../engine/rules/index.js';
import { lookAt } from '../../engine/workspace.js';
import { mpmError } from '../../model/errors/index.js';
import { exit, printJson, type Command } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { infoText } from '../render/info.js';
import { targetRequest } from '../target-request.js';

export const run: Command = async (invocation) => {
  const { io, options, out } = invocation;
  const { workspace, homeFolder, words } = await openWorkspace(invocation);
  const look = lookAt(workspace);
  const picked = await pick(workspace, look, targetRequest({ ...invocation, positionals: words }, 'info'));
  if (picked.observations.length === 0) throw mpmError('NOTHING_DECLARED', {});
  const findings = findConflicts({ ...picked.snapshot, observations: picked.observations }, workspace.say);
  const described = await Promise.all(
    picked.observations.map(async (observation) => ({
      report: reportInstance(observation, look),
      lines: await describeInstance(observation, workspace, look, homeFolder),
    })),
  );
  if (options.flag('json')) {
    const servers = described.map(({ report, lines }) => ({
      ...report,
      info: Object.fromEntries(lines.map(({ label, value, raw }) => [label, raw ?? value])),
    }));
    printJson(io, { schemaVersion: 1, servers, findings });
  } else {
    const texts = described.map(({ report, lines }) =>
      infoText(
        report,
        lines,
        findings.filter(({ servers }) => servers.includes(report.key)),
        out,
      ),
    );
    io.stdout.write(texts.join('\n'));
  }
  return findings.some(({ severity }) => severity === 'error') ? exit.trouble : exit.ok;
};
