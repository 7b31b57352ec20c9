import { mpmError } from '../model/errors/index.js';
import type { UnitSpec } from '../model/unit.js';
import { isHelper } from './helper.js';
import type { Keeper } from './keeper.js';
import { findMembers } from './members.js';
import { scanProcesses } from './process-watch.js';
import { markerPrefix } from './records.js';

/**
 * Before the first spawn of a unit that has no record of a run: what still carries the marker of an earlier one,
 * whose record was lost, runs already. Told is the highest generation that anybody carries, so that none is given
 * twice.
 * @throws MPM_UNIT_LOST
 */
export const refuseUnrecorded = ({ host, home, carriers }: Keeper, spec: UnitSpec): number => {
  const prefix = markerPrefix(home, spec.key);
  const found = carriers().filter(({ marker }) => marker.startsWith(prefix));
  const markers = [...new Set(found.map(({ marker }) => marker))];
  // Where the tree is left alone on purpose, only a helper tells that the server itself lives.
  if (!spec.stop.leaveTree || found.some(({ details }) => isHelper(details.argv))) {
    for (const marker of markers) {
      const { rows } = findMembers(host, scanProcesses(host), { main: null, helper: null, marker }, []);
      const first = rows.map(({ row }) => row).sort((a, b) => a.start - b.start || a.pid - b.pid)[0];
      if (first !== undefined) throw mpmError('UNIT_LOST', { server: spec.key, pid: first.pid });
    }
  }
  const given = markers.map((marker) => Number(marker.slice(prefix.length)));
  return Math.max(0, ...given.filter(Number.isSafeInteger));
};
