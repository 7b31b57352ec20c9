import type { Host } from '../host/host.js';
import { serverOfInstance } from '../model/key.js';
import type { Identity } from '../model/process.js';
import { reachableHost } from '../model/socket.js';
import { endpointsOf, type UnitRun, type UnitSpec } from '../model/unit.js';
import type { Environment } from './environment.js';
import type { LogFiles } from './log-files.js';
import { ownAddress } from './own-address.js';
import { findOwner, type ListenerWatch, type Owner, portsOf } from './ownership.js';
import { createProber, type Prober, probeWords } from './probe.js';

/** What was launched, as far as the question of its readiness goes. */
export type Candidate = {
  /** Filled. */
  readonly spec: UnitSpec;
  readonly run: UnitRun;
  readonly main: Identity;
  readonly home: string;
  readonly marker: string;
  readonly logs: LogFiles;
  readonly env: Environment;
};

export type RuleAnswer =
  | { readonly kind: 'ready'; readonly warning: string | null }
  | {
      readonly kind: 'not-yet';
      readonly text: string;
      /** Nobody has answered yet. */
      readonly unheard?: boolean;
    }
  /** Somebody else answers on its port. */
  | { readonly kind: 'foreign'; readonly holder: string };

export type ReadyRule = {
  /** What it waits for, in words. */
  readonly words: string;
  readonly warnings: readonly string[];
  readonly ask: (signal: AbortSignal) => Promise<RuleAnswer>;
  /** Where it listens instead, at the end. */
  readonly elsewhere: () => readonly number[];
};

/** Without a port there is nothing to see but that it lives: so long must it. */
const settleMs = 300;
/** pm2 declares no ports, it only sets PORT: after this long without a listener it is believed that there is none. */
const pm2PortMs = 3000;

export const createReadyRule = (host: Host, watch: ListenerWatch, candidate: Candidate): ReadyRule => {
  const { spec, run } = candidate;
  const { probe } = spec.ready;
  const owner = createOwnerQuestion(host, watch, candidate);
  const elsewhere = (): readonly number[] =>
    portsOf(host, watch, candidate.main).filter((port) => port !== run.port);
  if (probe === null)
    return { ...createDefaultRule(host, candidate, owner, elsewhere), warnings: [], elsewhere };
  if (probe.kind === 'message' || probe.kind === 'notify') {
    const warning = `ready.${probe.kind} needs a supervisor; the default rule was used`;
    return { ...createDefaultRule(host, candidate, owner, elsewhere), warnings: [warning], elsewhere };
  }
  const endpoints = endpointsOf(spec, run.port);
  const prober = createProber(host, probe, {
    endpoints,
    timeout: spec.ready.probeTimeout,
    logs: candidate.logs,
    offset: run.logOffset,
    startedAt: run.startedAt,
    cwd: spec.launch.cwd,
    env: candidate.env,
  });
  const network = probe.kind === 'http' || probe.kind === 'tcp';
  const ask = network
    ? guarded(host, prober, owner, nobodyWords(run.port, ownAddress(probe, endpoints) !== null))
    : unguarded(prober);
  return { words: probeWords(probe), warnings: [], ask, elsewhere };
};

type OwnerQuestion = (since: number) => Owner;

const createOwnerQuestion = (host: Host, watch: ListenerWatch, candidate: Candidate): OwnerQuestion => {
  const { spec, run, main, marker, home } = candidate;
  const { port } = run;
  if (port === null) return () => ({ kind: 'nobody' });
  const siblings = `${home}/${serverOfInstance(spec.key)}:`;
  const isMarkedOurs = (each: string): boolean => each === marker || (spec.pm2 && each.startsWith(siblings));
  return (since) => {
    const owner = findOwner(host, watch, { port, host: spec.host, main, since, isMarkedOurs });
    return owner.kind === 'foreign' && spec.ready.anyOwner ? { kind: 'ours' } : owner;
  };
};

const unguarded =
  (prober: Prober): ReadyRule['ask'] =>
  async (signal) => {
    const { pass, text } = await prober(signal);
    return pass ? { kind: 'ready', warning: null } : { kind: 'not-yet', text };
  };

/** An answer from the declared port is worth nothing while somebody else sits there. */
const guarded =
  (host: Host, prober: Prober, owner: OwnerQuestion, nobody: string | null): ReadyRule['ask'] =>
  async (signal) => {
    const since = host.clock.monotonic();
    const { pass, text, unheard = false } = await prober(signal);
    if (!pass) return { kind: 'not-yet', text, unheard };
    const found = owner(since);
    if (found.kind === 'foreign') return found;
    if (found.kind === 'unknown') return { kind: 'not-yet', text };
    if (found.kind === 'nobody') return { kind: 'ready', warning: nobody };
    return { kind: 'ready', warning: found.kind === 'hidden' ? hiddenWords : null };
  };

/** What is told where no listener is seen: nothing where the port itself has answered. */
const nobodyWords = (port: number | null, asksItself: boolean): string | null =>
  port === null || asksItself ? null : `port ${port} is declared and nobody listens there`;

const hiddenWords = 'its port is open, but the owner of the socket is not visible to this user';

const createDefaultRule = (
  host: Host,
  candidate: Candidate,
  owner: OwnerQuestion,
  elsewhere: () => readonly number[],
): Pick<ReadyRule, 'words' | 'ask'> => {
  const { spec, run } = candidate;
  const { port } = run;
  const age = (): number => host.clock.now() - run.startedAt;
  if (port !== null) {
    const unused = (): RuleAnswer | null => {
      if (!spec.pm2) return null;
      const others = elsewhere();
      if (age() < pm2PortMs && (others.length === 0 || age() < settleMs)) return null;
      const seen = others.length === 0 ? 'nobody listens there' : `it listens on ${others.join(', ')}`;
      return { kind: 'ready', warning: `port ${port} is declared and ${seen}` };
    };
    return {
      words: `port ${port} to be its own`,
      ask: async () => {
        const since = host.clock.monotonic();
        const target = { port, host: reachableHost(spec.host) };
        const answer = await host.sockets.connect(target, spec.ready.probeTimeout);
        if (answer === 'open') return answerOf(owner(since));
        return unused() ?? { kind: 'not-yet', text: `nobody listens on port ${port}` };
      },
    };
  }
  const { socket } = spec;
  if (socket !== null) {
    return {
      words: `a connection to ${socket}`,
      ask: async () => {
        const answer = await host.sockets.connect({ path: socket }, spec.ready.probeTimeout);
        if (answer === 'open') return { kind: 'ready', warning: null };
        return { kind: 'not-yet', text: `${socket} is ${answer}` };
      },
    };
  }
  return {
    words: `${settleMs} ms of life`,
    ask: () =>
      Promise.resolve(
        age() >= settleMs
          ? { kind: 'ready', warning: null }
          : { kind: 'not-yet', text: `it is ${age()} ms old` },
      ),
  };
};

/** Whose port it is that was just found open. */
const answerOf = (owner: Owner): RuleAnswer => {
  switch (owner.kind) {
    case 'ours':
      return { kind: 'ready', warning: null };
    case 'foreign':
      return owner;
    case 'unknown':
      return { kind: 'not-yet', text: 'its port is open' };
    case 'nobody':
    case 'hidden':
      return { kind: 'ready', warning: hiddenWords };
  }
};
