import type { InstanceKey } from '../model/key.js';
import { findAlive, type Identity, type ProcessTable, sameIdentity } from '../model/process.js';
import type { Manager } from '../model/sighting.js';
import { ancestorsOf, descendantsOf } from '../model/tree.js';
import type { Look } from '../plugin/contract.js';
import type { Seen, StyledSighting } from './snapshot.js';

/**
 * Sightings are merged before any rule runs: npm, the shell below it and the node below that are one server, seen three times.
 * Two are one when their identities are equal, when both lie in one unit, or when one descends from the other with no
 * unit's boundary between them. A sighting that knows no process joins the one on the same endpoint.
 */
export const mergeSightings = (sightings: readonly StyledSighting[], look: Look): readonly Seen[] => {
  const groups: StyledSighting[][] = [];
  const [placed, unplaced] = partition(sightings, ({ main }) => main !== null);
  for (const sighting of placed) {
    const joined = groups.filter((group) => group.some((other) => oneServer(sighting, other, look)));
    const group = joined.flat();
    group.push(sighting);
    for (const old of joined) groups.splice(groups.indexOf(old), 1);
    groups.push(group);
  }
  for (const sighting of unplaced) {
    const group = groups.find((candidates) => candidates.some((other) => shareEndpoint(sighting, other)));
    if (group === undefined) groups.push([sighting]);
    else group.push(sighting);
  }
  return groups.map((group) => toSeen(group as [StyledSighting, ...StyledSighting[]], look));
};

const partition = <T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] => [
  items.filter(test),
  items.filter((item) => !test(item)),
];

const oneServer = (a: StyledSighting, b: StyledSighting, look: Look): boolean => {
  if (a.main === null || b.main === null) return false;
  if (sameIdentity(a.main, b.main)) return true;
  const table = look.processes;
  if (findAlive(table, a.main) === undefined || findAlive(table, b.main) === undefined) return false;
  const unitA = unitOfProcess(a.main.pid, look);
  if (unitA !== unitOfProcess(b.main.pid, look)) return false;
  return unitA !== null || descends(table, a.main.pid, b.main.pid) || descends(table, b.main.pid, a.main.pid);
};

const descends = (table: ProcessTable, pid: number, from: number): boolean =>
  ancestorsOf(table, pid).some((ancestor) => ancestor.pid === from);

/** The recorded unit a process lies in: below its helper, or in the session that its helper leads. */
export const unitOfProcess = (pid: number, look: Look): InstanceKey | null => {
  const helpers = helpersOf(look);
  if (helpers.size === 0) return null;
  const table = look.processes;
  for (const row of [table.rows.get(pid), ...ancestorsOf(table, pid)]) {
    if (row === undefined) continue;
    const key = helpers.get(row.pid) ?? helpers.get(row.session);
    if (key !== undefined) return key;
  }
  return null;
};

const helpersByLook = new WeakMap<Look, ReadonlyMap<number, InstanceKey>>();

const helpersOf = (look: Look): ReadonlyMap<number, InstanceKey> => {
  let helpers = helpersByLook.get(look);
  if (helpers === undefined) {
    const pairs = [...look.units].flatMap(([key, { helper, main }]) =>
      [helper, main].flatMap((identity) => (identity === null ? [] : [[identity.pid, key] as const])),
    );
    helpersByLook.set(look, (helpers = new Map(pairs)));
  }
  return helpers;
};

const shareEndpoint = (a: StyledSighting, b: StyledSighting): boolean =>
  a.endpoints.some((x) =>
    b.endpoints.some((y) =>
      x.kind === 'tcp' ? y.kind === 'tcp' && x.port === y.port : y.kind === 'unix' && x.path === y.path,
    ),
  );

const toSeen = (group: [StyledSighting, ...StyledSighting[]], look: Look): Seen => {
  const [first, ...rest] = group.toSorted((a, b) => rank(a) - rank(b)) as [
    StyledSighting,
    ...StyledSighting[],
  ];
  const main = chooseMain([first, ...rest], look);
  return { sightings: [first, ...rest], main, pids: treeOf(group, look), owners: ownersOf(group) };
};

/** Owners first, then what is proved, then the rest. */
const rank = ({ role, proven }: StyledSighting): number => (role === 'owner' ? 0 : proven ? 1 : 2);

const chooseMain = (group: readonly StyledSighting[], look: Look): Identity | null => {
  const owner = group.find(({ role, main }) => role === 'owner' && main !== null);
  if (owner !== undefined) return owner.main;
  const mains = group.flatMap(({ main }) => (main === null ? [] : [main]));
  return (
    mains.find(({ pid }) =>
      mains.every((other) => pid === other.pid || descends(look.processes, other.pid, pid)),
    ) ??
    mains[0] ??
    null
  );
};

const treeOf = (group: readonly StyledSighting[], look: Look): ReadonlySet<number> => {
  const pids = new Set<number>();
  for (const { main } of group) {
    if (main === null) continue;
    pids.add(main.pid);
    for (const { pid } of descendantsOf(look.processes, main.pid)) pids.add(pid);
  }
  return pids;
};

const ownersOf = (group: readonly StyledSighting[]): readonly Manager[] => {
  const owners = new Map<string, Manager>();
  for (const { role, manager } of group)
    if (role === 'owner' && manager !== null) owners.set(manager.name, manager);
  return [...owners.values()];
};
