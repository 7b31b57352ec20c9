import { assess } from '../assess.js';
import { isDropped } from '../snapshot.js';
import { evidenceOf, keysOf, nameOf, remedy, type Rule } from './rule.js';

/** A server, or an instance above the declared number, that the file had once: nothing brings it up again or ends it unasked. */
export const dropped: Rule = ({ observations }, say) =>
  observations.filter(isDropped).map((observation) => {
    const isRunning = assess(observation).is === 'running';
    const name = nameOf(observation);
    return {
      severity: isRunning ? ('warning' as const) : ('info' as const),
      servers: keysOf([observation]),
      message: `${name} ${isRunning ? 'runs' : 'is recorded'}, and its file has dropped it.`,
      evidence: evidenceOf(observation.seen),
      remedies: [remedy(isRunning ? 'Stop it and forget it.' : 'Forget it.', say('delete', name))],
    };
  });
