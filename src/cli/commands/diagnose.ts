import { diagnose } from '../../engine/diagnose.js';
import { applyFixes, fixesOf } from '../../engine/fix.js';
import { isNarrowed, narrow } from '../../engine/narrow.js';
import { knownTo, pickByName } from '../../engine/pick.js';
import { allInstances, lookAt } from '../../engine/workspace.js';
import { mpmError } from '../../model/errors/index.js';
import { exit, printJson, type Command, type Invocation } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { diagnoseText } from '../render/diagnosis.js';
import { targetRequest } from '../target-request.js';

export const run: Command = async (invocation) => {
  const { io, options, out } = invocation;
  const { workspace, words } = await openWorkspace({ ...invocation });
  const request = targetRequest({ ...invocation, positionals: words }, null);
  const ask = async () => {
    const look = lookAt(workspace);
    const pointed = request.port !== null || request.pid !== null;
    const named = !isNarrowed(request) || pointed ? null : pickByName(workspace, look, request);
    const everything = request.port !== null || request.pid !== null || request.everywhere;
    const all = allInstances(workspace, look, everything);
    const known =
      named === null
        ? all
        : [...all, ...named.filter((one) => !all.some((other) => other.instance.key === one.instance.key))];
    return diagnose(workspace, look, {
      all: known,
      named,
      narrow: pointed ? (found) => narrow(found, request, knownTo(workspace, look, request)) : null,
      subject: { server: words[0] ?? null, port: request.port, pid: request.pid },
    });
  };
  let { report, snapshot } = await ask();
  const fixes = options.flag('fix') ? fixesOf(report.findings) : [];
  if (options.flag('fix') && fixes.length === 0)
    io.stderr.write('Nothing here can be fixed without ending or losing something.\n');
  if (fixes.length > 0) {
    for (const { shown } of fixes) io.stderr.write(`Would do: ${shown}\n`);
    await confirm(invocation, fixes.length);
    const release = io.hold();
    const told = await applyFixes(fixes, snapshot, workspace).finally(release);
    for (const line of told) io.stderr.write(`${line}\n`);
    ({ report, snapshot } = await ask());
  }
  if (options.flag('json')) printJson(io, report);
  else io.stdout.write(diagnoseText(report, out, workspace.host.clock.now()));
  return report.findings.some(({ severity }) => severity === 'error') ? exit.trouble : exit.ok;
};

const confirm = async ({ io, options }: Invocation, count: number): Promise<void> => {
  if (options.flag('yes')) return;
  const answer = io.ask === null ? '' : await io.ask(`Do ${count === 1 ? 'it' : `these ${count}`}? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim()))
    throw mpmError('NOT_CONFIRMED', { what: 'the remedies above were not carried out' });
};
