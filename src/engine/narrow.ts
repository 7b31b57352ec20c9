import { defaultNamespace, parseInstanceKey } from '../model/key.js';
import { mpmError } from '../model/errors/index.js';
import type { Instance } from '../model/server.js';
import { spellQuery, selectTargets, type TargetQuery } from './targets.js';
import type { Selected } from './instances.js';
import { sameInstance } from './own-unit.js';
import { targetOf } from './say.js';
import type { ForeignServer, Snapshot } from './snapshot.js';

/** What a command line points at by its port, its process, or both. */
export type Pointer = { readonly port: number | null; readonly pid: number | null };

/** Where names are looked up: in the found file, then in what other files have recorded. */
export type Known = { readonly here: readonly Selected[]; readonly others: readonly Selected[] };

/**
 * A port or a PID says which process, and names and filters beside it say which of what it leads to. They are never
 * passed over: a stop that was told `--style` would end what the person has just left out.
 * @throws {MpmError} TARGET_EXCLUDED when nothing is left, TARGET_UNKNOWN for a name that names nothing
 */
export const narrow = <One extends Selected>(
  found: readonly One[],
  query: TargetQuery & Pointer,
  { here, others }: Known,
): readonly One[] => {
  const asked = withoutAll(query);
  const by = spellQuery(asked);
  if (by === '') return found;
  const strangers = found.filter(
    ({ instance }) => ![...here, ...others].some((known) => sameInstance(known.instance, instance)),
  );
  const chosen =
    asked.words.length === 0
      ? selectTargets(asked, [...here, ...others, ...strangers], [])
      : selectTargets(asked, here, [...others, ...strangers]);
  const left = found.filter(({ instance }) => chosen.some((one) => sameInstance(one.instance, instance)));
  if (left.length === 0 && found.length > 0) throw excluded(query, found, by);
  return left;
};

/** Does anything stand beside the port or PID that leaves something out? */
export const isNarrowed = (query: TargetQuery): boolean => spellQuery(withoutAll(query)) !== '';

/** `all` leaves nothing out. */
const withoutAll = <Query extends TargetQuery>(query: Query): Query =>
  query.words.includes('all') ? { ...query, words: [] } : query;

export const excluded = (pointer: Pointer, found: readonly Selected[], by: string): Error => {
  const who = found.map(({ instance }) => describe(instance)).join(' and ');
  const where = pointer.pid === null ? `Port ${pointer.port ?? ''}` : `PID ${pointer.pid}`;
  return mpmError('TARGET_EXCLUDED', { found: `${where} leads to ${who}`, by });
};

const describe = (instance: Instance): string => {
  const { style, declaredIn } = instance.server;
  return `${targetOf(instance)} (${style}${declaredIn === null ? '' : ` of ${declaredIn}`})`;
};

/** Filters hold for what was discovered as well; who sits on the port of a server that is shown stays. */
export const keepForeign = (
  { foreign, observations }: Snapshot,
  { namespace, style, only }: TargetQuery,
): readonly ForeignServer[] =>
  foreign.filter(
    (server) =>
      observations.some(({ ports }) =>
        ports.some(({ holders }) =>
          holders.some(({ pids }) => pids.some((pid) => server.seen.pids.has(pid))),
        ),
      ) ||
      ((style === null || server.style === style) &&
        (namespace === null || namespaceOf(server) === namespace) &&
        (only.length === 0 || only.includes(server.name))),
  );

const namespaceOf = ({ unit }: ForeignServer): string =>
  unit === null ? defaultNamespace : parseInstanceKey(unit).namespace;
