import {
  sameIdentity,
  type Context,
  type Host,
  type Instance,
  type Sighting,
  type StopOutcome,
} from 'mpm-io/plugin';
import { endedAlready, notRunning, refused } from '../seen/outcomes.js';
import { fillOf } from '../seen/unit-owner.js';
import { lookAt } from './detect.js';
import { judgeFile } from './judge-file.js';
import { removeLeftOver } from './left-over.js';

/** Through the units where it is recorded; else from outside, and only what its PID file and the process itself prove. */
export const stop = async (
  instance: Instance,
  sighting: Sighting,
  context: Context,
  host: Host,
): Promise<StopOutcome> => {
  const { look, units } = context;
  const { main } = sighting;
  const view = look.units.get(instance.key);
  const recorded = view?.main ?? null;
  if (view !== undefined && (main === null || (recorded !== null && sameIdentity(recorded, main))))
    return units.stop(instance.key, context.stop);
  if (main === null) return cleaned(notRunning(), instance, context, host);
  const ended = endedAlready(host, main);
  if (ended !== null) return ended.kind === 'not-running' ? cleaned(ended, instance, context, host) : ended;
  const why = notProven(instance, sighting, context, host);
  if (why !== null) return refused(why);
  const outcome = await context.halt({
    main,
    endpoints: sighting.endpoints,
    stop: instance.server.stop,
    fill: { ...fillOf(instance, instance.port), pid: String(main.pid) },
  });
  return outcome.kind === 'stopped' ? afterwards(outcome, sighting, host) : outcome;
};

/** The files are read again: what they said when the sighting was taken is no authority now. */
const notProven = (
  instance: Instance,
  { main, pidFile, proven }: Sighting,
  { look }: Context,
  host: Host,
): string | null => {
  if (main === null || !proven)
    return `PID ${main?.pid ?? '?'} is not proved to be ${instance.server.name}; nothing was signalled.`;
  const again = lookAt(instance, look, host);
  if (
    again.kind === 'sighting' &&
    again.sighting.proven &&
    again.sighting.main !== null &&
    sameIdentity(again.sighting.main, main)
  )
    return null;
  if (pidFile?.verdict === 'live') {
    const { fact } = judgeFile(pidFile.path, look.processes, host);
    const declared = instance.server.declaredIn !== null || instance.server.pidFile.length > 0;
    if (!declared && fact.verdict === 'live' && fact.pid === main.pid) return null;
  }
  return `PID ${main.pid} is no longer shown to be ${instance.server.name} by its PID file; nothing was signalled.`;
};

/** A server that was killed leaves its file: it is taken away while it still names the process that has ended. */
const afterwards = (outcome: StopOutcome, { pidFile, main }: Sighting, host: Host): StopOutcome => {
  if (pidFile === undefined || pidFile.verdict !== 'live') return outcome;
  const { fact } = judgeFile(pidFile.path, host.processes.table(), host);
  const left = fact.pid === main?.pid && ['stale', 'zombie', 'reused'].includes(fact.verdict);
  if (!left || !host.files.remove(fact.path)) return outcome;
  const attempt = { what: `remove ${fact.path}`, outcome: 'left over, removed', ms: 0 };
  return { ...outcome, attempts: [...outcome.attempts, attempt] };
};

const cleaned = (outcome: StopOutcome, instance: Instance, { look }: Context, host: Host): StopOutcome => {
  const shown = lookAt(instance, look, host);
  if (shown.kind === 'sighting') return outcome;
  const removed = removeLeftOver(shown.pidFiles, host);
  const attempts = removed.map((path) => ({ what: `remove ${path}`, outcome: 'left over, removed', ms: 0 }));
  return { ...outcome, attempts: [...outcome.attempts, ...attempts] };
};
