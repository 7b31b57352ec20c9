import type { Host } from '../host/host.js';
import { sameIdentity, type Identity } from '../model/process.js';
import type { UnitSpec } from '../model/unit.js';
import type { Context, Look } from '../plugin/contract.js';
import type { HaltTarget, StartOutcome, StopOutcome } from '../units/contract.js';

/** A context whose units and halt do as the real ones promise, on a fake host, and keep a list of what was asked. */
export type FakeContext = Context & {
  readonly started: readonly UnitSpec[];
  readonly stopped: readonly string[];
  readonly halted: readonly HaltTarget[];
};

export type FakeContextOptions = {
  readonly signal?: AbortSignal;
  /** What comes of a unit that is started; by default it is ready at once, as a process of its own. */
  readonly launch?: (spec: UnitSpec) => Identity;
};

export const createFakeContext = (host: Host, look: Look, options: FakeContextOptions = {}): FakeContext => {
  const { signal = look.signal, launch } = options;
  const started: UnitSpec[] = [];
  const stopped: string[] = [];
  const halted: HaltTarget[] = [];
  const progress = (): void => undefined;

  const start = async (spec: UnitSpec): Promise<StartOutcome> => {
    started.push(spec);
    const view = look.units.get(spec.key);
    const main = view?.main ?? null;
    const port = spec.port?.kind === 'fixed' ? spec.port.port : null;
    if (main !== null && isThere(host, main)) return { kind: 'running', main, port, olderSpec: false };
    if (launch === undefined) return { kind: 'spawned', main: null, port };
    return { kind: 'ready', main: launch(spec), port, ms: 1, warnings: [] };
  };
  const end = (main: Identity): StopOutcome => {
    if (!isThere(host, main)) return outcome('not-running');
    const sent = host.processes.signal(main, 'SIGTERM');
    return sent === 'sent' ? outcome('stopped') : outcome('survived');
  };

  return {
    look,
    signal,
    progress,
    start: { environment: {}, updateEnv: false, envName: null, noWait: false, signal, progress },
    stop: { reason: 'asked', signal, progress, force: false },
    units: {
      start,
      stop: async (key) => {
        stopped.push(key);
        const main = look.units.get(key)?.main ?? null;
        return main === null ? outcome('not-running') : end(main);
      },
      remove: async (key) => look.units.has(key),
    },
    halt: async (target) => {
      halted.push(target);
      return end(target.main);
    },
    started,
    stopped,
    halted,
  };
};

const isThere = (host: Host, main: Identity): boolean => {
  const now = host.processes.identify(main.pid);
  return now !== null && sameIdentity(now, main);
};

const outcome = (kind: StopOutcome['kind']): StopOutcome => ({
  kind,
  attempts: kind === 'not-running' ? [] : [{ what: 'SIGTERM', outcome: kind, ms: 0 }],
  survivors: [],
  spared: [],
  message: null,
});
