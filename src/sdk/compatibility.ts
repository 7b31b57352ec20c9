import { compareVersions, isBeyond, parseVersion } from './versions.js';
import type { Compatibility } from './contract.js';

type Bounds = {
  readonly version: string | null;
  readonly minClient: string | null;
  readonly maxClient: string | null;
};

/**
 * Does a client of this version fit this server?
 * @throws {TypeError} when it is no version.
 */
export const checkClient = (bounds: Bounds, clientVersion: string): Compatibility => {
  const client = parseVersion(clientVersion);
  const tooOld = bounds.minClient !== null && compareVersions(client, parseVersion(bounds.minClient)) < 0;
  const tooNew = bounds.maxClient !== null && isBeyond(client, parseVersion(bounds.maxClient));
  return {
    compatible: !tooOld && !tooNew,
    server_version: bounds.version,
    client_version: clientVersion,
    min_client: bounds.minClient,
    max_client: bounds.maxClient,
    warnings: [
      ...(tooOld ? [`Client ${clientVersion} is older than ${bounds.minClient}, the oldest that fits.`] : []),
      ...(tooNew ? [`Client ${clientVersion} is newer than ${bounds.maxClient}, the newest that fits.`] : []),
    ],
  };
};
