import { reportForeign, reportInstance } from '../../engine/build-report.js';
import { keepForeign } from '../../engine/narrow.js';
import { pick, pickByName } from '../../engine/pick.js';
import { findConflicts } from '../../engine/rules/index.js';
import type { StatusReport } from '../../engine/report.js';
import type { Snapshot } from '../../engine/snapshot.js';
import { elsewhere, lookAt, takeSnapshot, type Workspace } from '../../engine/workspace.js';
import type { Look } from '../../plugin/contract.js';
import { exit, printJson, type Command } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { hasTrouble } from '../trouble.js';
import { statusSummary } from '../render/status-summary.js';
import { type Here, statusTable } from '../render/status-table.js';
import { targetRequest } from '../target-request.js';

export const run: Command = async (invocation) => {
  const { io, options, out, err } = invocation;
  const { workspace, words } = await openWorkspace(invocation);
  const look = lookAt(workspace);
  const request = targetRequest({ ...invocation, positionals: words }, null);
  const pointed = request.port !== null || request.pid !== null;
  const snapshot = pointed
    ? pointedSnapshot(await pick(workspace, look, request))
    : await takeSnapshot(workspace, look, pickByName(workspace, look, request), {
        discover: options.flag('discover'),
      });
  const report: StatusReport = {
    schemaVersion: 1,
    servers: snapshot.observations
      .filter((observation) => !observation.undeclared || observation.view !== null)
      .map((observation) => reportInstance(observation, look)),
    undeclared: [
      ...(options.flag('discover') ? keepForeign(snapshot, request) : snapshot.foreign).map((foreign) =>
        reportForeign(foreign, look),
      ),
      ...snapshot.observations
        .filter(({ undeclared, view }) => undeclared && view === null)
        .map((observation) => reportInstance(observation, look)),
    ],
    findings: findConflicts(snapshot, workspace.say),
  };
  if (options.flag('json')) printJson(io, report);
  else {
    const { file } = workspace.ecosystem;
    const here = { file, why: whyEmpty(workspace, look, options.flag('recorded')) };
    io.stdout.write(statusTable(report, out, workspace.say, here));
    const summary = statusSummary(report, err, workspace.say);
    if (summary !== '') io.stderr.write(`${summary}\n`);
    const rest =
      request.everywhere || workspace.ecosystem.file === null
        ? []
        : elsewhere(look, workspace.ecosystem.file);
    if (rest.length > 0 && words.length === 0)
      io.stderr.write(`${rest.length} more of other files: ${workspace.say('status', '--everywhere')}\n`);
  }
  return hasTrouble(report) ? exit.trouble : exit.ok;
};

const whyEmpty = ({ ecosystem }: Workspace, look: Look, byRecords: boolean): Here['why'] => {
  const { file, servers } = ecosystem;
  if (servers.length > 0) return 'nothing matches';
  const recorded = [...look.units.values()].filter(
    ({ record }) => file === null || record.spec.declaredIn === file,
  );
  if (recorded.length > 0) return 'nothing matches';
  return byRecords ? 'nothing recorded' : 'nothing declared';
};

const pointedSnapshot = ({
  observations,
  snapshot,
}: {
  observations: Snapshot['observations'];
  snapshot: Snapshot;
}): Snapshot => ({
  ...snapshot,
  observations,
  foreign: [],
});
