import type { Server } from 'node:http';
import { closeConnections } from './closing.js';
import { pause, within } from './within.js';
import type { AppLike, ShutdownCause, ShutdownHook, ShutdownReport } from './contract.js';
import type { Settings } from './settings.js';
import type { SocketIo } from './target.js';
import type { Traffic } from './intercept.js';

type Parts = {
  readonly server: Server | null;
  readonly io: SocketIo | null;
  readonly app: AppLike | null;
  readonly traffic: Traffic | null;
};

/** The part of the deadline after which connections are cut, so that `onShutdown` still has time. */
const shareOfClients = 0.75;

/** Drain, close, clean up, each within one deadline: it never takes longer, whatever a hook or a client does. */
export const shutDown = async (
  settings: Settings,
  { server, io, app, traffic }: Parts,
  cause: ShutdownCause,
): Promise<ShutdownReport> => {
  const began = performance.now();
  const left = (share = 1): number =>
    Math.max(1, Math.round(began + settings.timeout * share - performance.now()));
  const failures: string[] = [];
  const runHooks = async (name: string, hooks: readonly ShutdownHook[], share: number): Promise<void> => {
    for (const hook of hooks) {
      const failure = await within(name, () => hook(cause), left(share));
      if (failure !== null) failures.push(failure);
    }
  };

  if (settings.drainDelay > 0) await pause(Math.min(settings.drainDelay, left(0.5)));
  await runHooks('onDrain', settings.onDrain, 0.5);
  let cut = 0;
  if (server !== null && traffic !== null) {
    const closed = await closeConnections({ server, io, app, traffic }, left(shareOfClients));
    cut = closed.cut;
    failures.push(...closed.failures);
  }
  await runHooks('onShutdown', settings.onShutdown, 1);
  for (const failure of failures)
    process.emitWarning(failure, { type: 'ShutdownWarning', code: 'MPM_SHUTDOWN' });
  return { cause, cut, failures };
};
