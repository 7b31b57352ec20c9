import { reportInstance } from '../../engine/build-report.js';
import { describeInstance } from '../../engine/describe-instance.js';
import { pick } from '../../engine/pick.js';
import { findConflicts } from '../../engine/rules/index.js';
import { lookAt } from '../../engine/workspace.js';
import { exit, printJson, type Command } from '../invocation.js';
import { nothingMatches } from '../nothing-matches.js';
import { openWorkspace } from '../open-workspace.js';
import { infoText } from '../render/info.js';
import { targetRequest } from '../target-request.js';

export const run: Command = async (invocation) => {
  const { io, options, out } = invocation;
  const { workspace, homeFolder, words } = await openWorkspace(invocation);
  const look = lookAt(workspace);
  const request = targetRequest({ ...invocation, positionals: words }, 'info');
  const picked = await pick(workspace, look, request);
  if (picked.observations.length === 0) throw nothingMatches(request, workspace, look.units.size);
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
