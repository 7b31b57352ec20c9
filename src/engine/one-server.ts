import { displayServer, type InstanceKey } from '../model/key.js';
import { sameIdentity } from '../model/process.js';
import type { Instance } from '../model/server.js';
import { related } from '../model/tree.js';
import type { Look } from '../plugin/contract.js';
import { isOurs } from './assess.js';
import { ownUnit } from './own-unit.js';
import type { Observation, Seen, Yielded } from './snapshot.js';

/** What the styles saw of one instance, before it is settled whose it is. */
export type Sighted = Pick<Observation, 'instance' | 'detection' | 'seen'> & {
  readonly yielded: readonly Yielded[];
};

type Claim = { readonly by: Sighted; readonly seen: Seen; readonly proof: Proof };

/**
 * A process is one server's, however many declare its port or PID file: the best proof wins, and among equals who is
 * declared first. The others do not have it; what they lost, and to whom, stays with them.
 */
export const settleClaims = (all: readonly Sighted[], look: Look): readonly Sighted[] => {
  const claims = all.flatMap((by) => by.seen.map((seen) => ({ by, seen, proof: proofOf(seen, by, look) })));
  const lost = new Map<Seen, Claim>();
  for (const group of groupByProcess(claims, look)) {
    const [best] = group.toSorted((a, b) => ranks.indexOf(a.proof) - ranks.indexOf(b.proof));
    for (const claim of group)
      if (best !== undefined && !sameServer(claim.by.instance, best.by.instance)) lost.set(claim.seen, best);
  }
  return lost.size === 0 ? all : all.map((one) => withoutLost(one, lost, look));
};

/** The best first. */
const ranks = ['record', 'pid-file', 'health', 'command', 'none'] as const;
type Proof = (typeof ranks)[number];

const words: Readonly<Record<Proof, string>> = {
  record: 'mpm-io has recorded it so',
  'pid-file': 'its PID file names it',
  health: 'its health answer says so',
  command: 'its command line says so',
  none: 'it is declared first',
};

const proofOf = (seen: Seen, { instance }: Sighted, look: Look): Proof => {
  if (isOurs(seen) && ownUnit(instance, look) !== null) return 'record';
  const proven = seen.sightings.filter((sighting) => sighting.proven);
  if (proven.length === 0) return 'none';
  if (proven.some(({ pidFile }) => pidFile?.verdict === 'live')) return 'pid-file';
  return proven.some(({ claims }) => claims?.dialect !== undefined) ? 'health' : 'command';
};

/** Only what names one PID or one port can be one process: the others are not compared. */
const groupByProcess = (claims: readonly Claim[], look: Look): readonly (readonly Claim[])[] => {
  const groups = new Set<Claim[]>();
  const known = new Map<string, Set<Claim[]>>();
  for (const claim of claims) {
    const { main } = claim.seen;
    if (main === null) continue;
    const names = [`pid ${main.pid}`, ...portsOf(claim.seen).map((port) => `port ${port}`)];
    const near = new Set(names.flatMap((name) => [...(known.get(name) ?? [])]));
    const found = [...near].find((others) =>
      others.some((other) => oneProcess(claim.seen, other.seen, look)),
    );
    const group = found ?? [];
    group.push(claim);
    groups.add(group);
    for (const name of names) known.set(name, (known.get(name) ?? new Set()).add(group));
  }
  return [...groups].filter(({ length }) => length > 1);
};

/** The same process; or parent and child that are seen behind one port. */
const oneProcess = (a: Seen, b: Seen, look: Look): boolean => {
  if (a.main === null || b.main === null) return false;
  if (sameIdentity(a.main, b.main)) return true;
  const ports = portsOf(a);
  return portsOf(b).some((port) => ports.includes(port)) && related(look.processes, a.main.pid, b.main.pid);
};

const portsOf = ({ sightings }: Seen): readonly number[] =>
  sightings.flatMap(({ endpoints }) =>
    endpoints.flatMap((endpoint) => (endpoint.kind === 'tcp' ? [endpoint.port] : [])),
  );

const sameServer = (a: Instance, b: Instance): boolean =>
  a.server.key === b.server.key && a.server.declaredIn === b.server.declaredIn;

const withoutLost = (one: Sighted, lost: ReadonlyMap<Seen, Claim>, look: Look): Sighted => {
  const seen = one.seen.filter((each) => !lost.has(each));
  if (seen.length === one.seen.length) return one;
  const yielded = one.seen.flatMap((each): readonly Yielded[] => {
    const winner = lost.get(each);
    return winner === undefined || each.main === null ? [] : [yieldTo(winner, each, one, look)];
  });
  const all = [...one.yielded, ...yielded];
  if (seen.length > 0) return { ...one, seen, yielded: all };
  const pidFiles = one.seen.flatMap(({ sightings }) => sightings.flatMap(({ pidFile }) => pidFile ?? []));
  const evidence = [
    ...all.map(({ text }) => ({ source: 'process', text })),
    ...one.seen.flatMap(({ sightings }) => sightings.flatMap((sighting) => sighting.evidence)),
  ];
  return { ...one, seen, yielded: all, detection: { seen: 'absent', evidence, pidFiles } };
};

const yieldTo = (winner: Claim, lost: Seen, { instance }: Sighted, look: Look): Yielded => {
  const { key, server } = winner.by.instance;
  const pid = (lost.main ?? winner.seen.main)?.pid ?? 0;
  const name = displayServer(server.key);
  return {
    pid,
    to: key,
    name,
    style: server.style,
    declaredIn: server.declaredIn,
    proof: proofOf(lost, { instance, detection: absent, seen: [lost], yielded: [] }, look),
    text: `PID ${pid} is claimed by ${name} and ${displayServer(instance.server.key)}; it is taken for ${name}, because ${words[winner.proof]}.`,
  };
};

const absent = { seen: 'absent', evidence: [] } as const;

/** What is recorded as another server, and is named by this one's PID file all the same. */
export const yieldToRecord = (pid: number, to: InstanceKey, name: string, { server }: Instance): Yielded => ({
  pid,
  to,
  name,
  style: null,
  declaredIn: null,
  proof: 'pid-file',
  text: `PID ${pid} is claimed by ${name} and ${displayServer(server.key)}, whose PID file names it; it is taken for ${name}, because ${words.record}.`,
});
