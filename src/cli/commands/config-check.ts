import { mpmError } from '../../model/errors/index.js';
import { exit, printJson, type Command } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { configCheckText } from '../render/config-check.js';

export const run: Command = async (invocation) => {
  const { io, options, out } = invocation;
  const { workspace } = await openWorkspace(invocation);
  const { ecosystem } = workspace;
  if (ecosystem.file === null) throw mpmError('NOTHING_DECLARED', {});
  if (options.flag('json')) {
    const { file, warnings, keys } = ecosystem;
    printJson(io, {
      schemaVersion: 1,
      file,
      servers: ecosystem.servers.map(({ key }) => key),
      keys,
      warnings,
    });
  } else io.stdout.write(configCheckText(ecosystem, out));
  return exit.ok;
};
