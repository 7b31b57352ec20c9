import { mpmError } from '../../model/errors/index.js';
import { exit, printJson, type Command } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';

export const run: Command = async (invocation) => {
  const { workspace } = await openWorkspace(invocation);
  if (workspace.ecosystem.file === null) throw mpmError('NOTHING_DECLARED', {});
  const { showEcosystem } = await import('../../config/show.js');
  printJson(invocation.io, showEcosystem(workspace.ecosystem, { reveal: invocation.options.flag('reveal') }));
  return exit.ok;
};
