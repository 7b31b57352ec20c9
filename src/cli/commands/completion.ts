import { mpmError } from '../../model/errors/index.js';
import { displayServer } from '../../model/key.js';
import { complete } from '../completion/complete.js';
import { completionScript, shells, type Shell } from '../completion/scripts.js';
import { allInstances, lookAt } from '../../engine/workspace.js';
import { exit, type Command, type Invocation } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';

export const run: Command = async (invocation) => {
  const { io, options, positionals, rest, commands } = invocation;
  if (options.flag('complete')) {
    const words = complete(commands.table, commands.globalOptions, rest, await serverNames(invocation));
    if (words.length > 0) io.stdout.write(`${words.join('\n')}\n`);
    return exit.ok;
  }
  const [shell] = positionals;
  if (shell === undefined || !isShell(shell)) throw mpmError('SHELL_MISSING', { shells });
  io.stdout.write(completionScript(shell));
  return exit.ok;
};

const isShell = (word: string): word is Shell => (shells as readonly string[]).includes(word);

/** A shell that completes wants words or silence, never an error in the middle of a line. */
const serverNames = async (invocation: Invocation): Promise<readonly string[]> => {
  try {
    const { workspace } = await openWorkspace({ ...invocation, positionals: [] });
    return [
      ...new Set(
        allInstances(workspace, lookAt(workspace), true).map(({ instance }) =>
          displayServer(instance.server.key),
        ),
      ),
    ];
  } catch {
    return []; // nothing to offer: a broken file is told by every other command
  }
};
