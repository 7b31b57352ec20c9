import type { Finding, Fix, Remedy } from '../../model/finding.js';
import type { InstanceKey } from '../../model/key.js';
import type { Evidence } from '../../model/sighting.js';
import type { Holder } from '../../model/socket.js';
import { isProven } from '../assess.js';
import { strangerStyle } from '../foreign-instance.js';
import { targetOf, type Say } from '../say.js';
import type { HolderFact, Observation, Seen, Snapshot } from '../snapshot.js';

/** One question put to a snapshot. Pure: what it knows is in the snapshot, what it answers are findings. */
export type Rule = (snapshot: Snapshot, say: Say) => readonly Unnamed[];

/** A finding before the list of rules has stamped its name on it. */
export type Unnamed = Omit<Finding, 'rule'>;

export const remedy = (text: string, shell: string | null, fix: Fix | null = null): Remedy => ({
  text,
  shell,
  fix,
});

export const nameOf = ({ instance }: Observation): string => targetOf(instance);

export const keysOf = (observations: readonly Observation[]): readonly InstanceKey[] =>
  observations.map(({ instance }) => instance.key);

export const evidenceOf = (seen: readonly Seen[]): readonly Evidence[] =>
  seen.flatMap(({ sightings }) => sightings.flatMap(({ evidence }) => evidence));

/** `PID 4711 (python3 app.py)`, or what can be said of a process that is not visible. */
export const describeHolder = ({ process, command, uid }: HolderFact): string =>
  process === null
    ? `a process of user ${uid} that is not visible to you`
    : `PID ${process.pid} (${command ?? process.comm})`;

/** The same with what is known of it: `PID 4711 (node api.js), which is api`. */
export const describeKnown = (holder: HolderFact, snapshot: Snapshot): string => {
  const declared = declaredAt(holder, snapshot);
  const [known] = holder.recognised;
  const name =
    declared !== null
      ? nameOf(declared)
      : known === undefined
        ? null
        : known.unit === null
          ? `${known.name} (${known.style})`
          : `${known.name}${fileOf(known.unit, snapshot)}`;
  return `${describeHolder(holder)}${name === null ? '' : `, which is ${name}`}`;
};

const fileOf = (unit: InstanceKey, { look }: Snapshot): string => {
  const file = look.units.get(unit)?.record.spec.declaredIn ?? null;
  return file === null ? '' : ` of ${file}`;
};

const declaredByPid = new WeakMap<Snapshot, ReadonlyMap<number, Observation>>();

/** The declared server that a holder belongs to; the index is made once a snapshot. */
export const declaredAt = ({ pids }: HolderFact, snapshot: Snapshot): Observation | null => {
  let index = declaredByPid.get(snapshot);
  if (index === undefined) {
    const pairs = snapshot.observations.flatMap((observation) =>
      observation.seen
        .filter(isProven)
        .flatMap((seen) => [...seen.pids].map((pid) => [pid, observation] as const)),
    );
    declaredByPid.set(snapshot, (index = new Map(pairs)));
  }
  for (const pid of pids) {
    const found = index.get(pid);
    if (found !== undefined) return found;
  }
  return null;
};

export const describeSeen = ({ sightings, main, owners }: Seen): string => {
  const [owner] = owners;
  const styles = [...new Set(sightings.map(({ style }) => style))].join(' and ');
  const who = main === null ? 'a process that is not visible to you' : `PID ${main.pid}`;
  return owner === undefined ? `${who} (seen by ${styles})` : `${who} (run by ${owner.name})`;
};

export const addressOf = ({ family, address, port }: Holder): string =>
  family === 6 ? `[${address}]:${port}` : `${address}:${port}`;

/** What ends a process that nothing proves. What only a PID file that does not name it tells of, or no style, takes force. */
export const endPointed = ({ sightings }: Seen, pid: number, say: Say): string =>
  say(
    'stop',
    '--pid',
    String(pid),
    ...(sightings.every(({ pidFile, style }) => pidFile !== undefined || style === strangerStyle)
      ? ['--force']
      : []),
  );
