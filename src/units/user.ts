import type { Host } from '../host/host.js';
import { mpmError } from '../model/errors/index.js';
import type { UnitSpec } from '../model/unit.js';
import type { Environment } from './environment.js';

/** How a unit becomes another user: what stands before its command, and what that user expects around it. */
export type RunAs = { readonly prefix: readonly string[]; readonly environment: Environment };

const asCaller: RunAs = { prefix: [], environment: {} };

/**
 * The switch happens below the helper, which stays ours and can write the exit.
 * @throws MPM_USER_UNKNOWN, MPM_USER_REFUSED
 */
export const runAs = async (host: Host, spec: UnitSpec): Promise<RunAs> => {
  const { user } = spec.launch;
  if (user === null || user === host.user.name || user === String(host.user.uid)) return asCaller;
  const server = spec.key;
  if (host.platform !== 'linux')
    throw mpmError('USER_REFUSED', { server, user, why: 'only Linux has setpriv' });
  const entry = await host.run({ argv: ['getent', 'passwd', user] }, { timeout: 5000 });
  const [name, , uid, gid, , home] =
    entry.kind === 'exited' ? (entry.stdout.split('\n')[0] ?? '').split(':') : [];
  if (name === undefined || uid === undefined || gid === undefined || uid === '') {
    throw mpmError('USER_UNKNOWN', { server, user });
  }
  if (Number(uid) === host.user.uid) return asCaller;
  if (host.user.uid !== 0) {
    throw mpmError('USER_REFUSED', { server, user, why: 'only root may start a server as somebody else' });
  }
  return {
    prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--'],
    environment: { USER: name, LOGNAME: name, HOME: home ?? '/' },
  };
};
