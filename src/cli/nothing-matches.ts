import type { PickRequest } from '../engine/pick.js';
import { spellQuery } from '../engine/targets.js';
import type { Workspace } from '../engine/workspace.js';
import { mpmError } from '../model/errors/index.js';

/** Why there is nothing to show or to wait for: nothing at all, nobody on that port, or nothing that fits. */
export const nothingMatches = (request: PickRequest, { ecosystem }: Workspace, recorded: number): Error => {
  const { port, pid } = request;
  if (pid !== null)
    return mpmError('NOTHING_MATCHES', {
      why: `No server that is declared or recorded here has PID ${pid}.`,
    });
  if (port !== null)
    return mpmError('NOTHING_MATCHES', {
      why: `Nobody listens on port ${port}, and no server that is declared or recorded here has it.`,
    });
  if (ecosystem.file === null && recorded === 0) return mpmError('NOTHING_DECLARED', {});
  return mpmError('NOTHING_MATCHES', { why: `No server here fits: ${spellQuery(request)}` });
};
