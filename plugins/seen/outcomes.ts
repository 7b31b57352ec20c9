import { sameIdentity, type Host, type Identity, type StartOutcome, type StopOutcome } from 'mpm-io/plugin';

const stop = (kind: StopOutcome['kind'], message: string | null): StopOutcome => ({
  kind,
  attempts: [],
  survivors: [],
  spared: [],
  message,
});

export const notRunning = (): StopOutcome => stop('not-running', null);

export const refused = (message: string): StopOutcome => stop('refused', message);

export const failed = (code: string, message: string, hint: string): StartOutcome => ({
  kind: 'failed',
  code,
  message,
  hint,
  stderr: [],
});

/** A server without command or script is observed and stopped, never started. */
export const nothingToStart = (name: string): StartOutcome =>
  failed('MPM_NO_COMMAND', `${name} has no script and no command.`, 'Declare one to start it.');

/** What a stop must not go past: the process is gone, or its PID belongs to another by now. `null`: it is the one that was seen. */
export const endedAlready = (host: Host, main: Identity): StopOutcome | null => {
  const now = host.processes.identify(main.pid);
  if (now === null) return notRunning();
  if (sameIdentity(now, main)) return null;
  return refused(`PID ${main.pid} is another process than the one that was seen; nothing was signalled.`);
};
