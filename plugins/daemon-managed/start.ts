import { type Context, type Host, type Instance, type StartOutcome } from 'mpm-io/plugin';
import { failed, nothingToStart } from '../seen/outcomes.js';
import { lookAt } from './detect.js';
import { removeLeftOver } from './left-over.js';
import { treatments } from './treatment.js';
import { daemonUnit } from './unit.js';

/** Starts the program as a unit, unless it runs already, or a PID file stands in the way that is not its own. */
export const start = async (instance: Instance, context: Context, host: Host): Promise<StartOutcome> => {
  const { server, index, key, port } = instance;
  const { look, units } = context;
  const recorded = look.units.get(key)?.main ?? null;
  if (recorded === null) {
    const shown = lookAt(instance, look, host);
    if (shown.kind === 'sighting' && shown.sighting.main !== null) {
      if (!shown.sighting.proven)
        return failed(
          'MPM_NOT_PROVEN',
          `PID ${shown.sighting.main.pid} holds port ${port} of ${server.name}, and no PID file shows that it is ${server.name}.`,
          'Stop it, or write its PID into the declared PID file.',
        );
      return { kind: 'running', main: shown.sighting.main, port, olderSpec: false };
    }
    if (server.command === null) return nothingToStart(server.name);
    const facts = shown.kind === 'nothing' ? shown.pidFiles : [];
    // Only the file that will be written or read is in the way; a program that forks may use any of its places.
    const inTheWay = (server.forks ? facts : facts.slice(0, 1)).find(
      ({ verdict }) => treatments[verdict].start === 'refuse',
    );
    if (inTheWay !== undefined)
      return failed(
        'MPM_PID_FILE_REFUSED',
        `The PID file of ${server.name} is in the way (${inTheWay.verdict}): ${inTheWay.text}`,
        treatments[inTheWay.verdict].advice,
      );
    for (const path of removeLeftOver(facts, host)) context.progress(`removed the left-over ${path}`);
  }
  if (server.command === null) return nothingToStart(server.name);
  return units.start(daemonUnit(server, index, host.user.home), context.start);
};
