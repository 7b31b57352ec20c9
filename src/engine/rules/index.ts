import type { Finding } from '../../model/finding.js';
import type { Say } from '../say.js';
import type { Snapshot } from '../snapshot.js';
import { dropped } from './dropped.js';
import { blindSpot, failed, notAsked, pidDisagrees, unhealthy, unresponsive } from './health.js';
import { claimedTwice, duplicateInstance, twoOwners, undeclaredStyle, unproven } from './ownership.js';
import { pidFile } from './pid-file.js';
import { foreignListener, notListening, sharedEndpoint, splitPort } from './ports.js';
import type { Rule } from './rule.js';

/** Everything that can be wrong, by the name that findings carry. */
export const rules = {
  'two-owners': twoOwners,
  'duplicate-instance': duplicateInstance,
  'claimed-twice': claimedTwice,
  'undeclared-style': undeclaredStyle,
  unproven,
  'foreign-listener': foreignListener,
  'shared-endpoint': sharedEndpoint,
  'split-port': splitPort,
  'pid-disagrees': pidDisagrees,
  unresponsive,
  unhealthy,
  'not-asked': notAsked,
  'not-listening': notListening,
  'pid-file': pidFile,
  failed,
  dropped,
  'blind-spot': blindSpot,
} satisfies Record<string, Rule>;

const severityOrder = { error: 0, warning: 1, info: 2 } as const;

/** What every rule finds in a snapshot, the worst first. */
export const findConflicts = (snapshot: Snapshot, say: Say): readonly Finding[] =>
  Object.entries(rules)
    .flatMap(([name, rule]) => rule(snapshot, say).map((finding): Finding => ({ rule: name, ...finding })))
    .toSorted((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
