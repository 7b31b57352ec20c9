import { strangerStyle } from '../foreign-instance.js';
import { assess, isBystander, isOurs, isProven } from '../assess.js';
import {
  describeSeen,
  endPointed,
  evidenceOf,
  keysOf,
  nameOf,
  remedy,
  type Rule,
  type Unnamed,
} from './rule.js';

/** Two managers would restart one server: the one that is stopped comes back by the other's hand. */
export const twoOwners: Rule = ({ observations }, say) =>
  observations.flatMap((observation) =>
    observation.seen
      .filter(({ owners }) => owners.length > 1)
      .map((seen) => ({
        severity: 'error' as const,
        servers: keysOf([observation]),
        message: `${nameOf(observation)} has ${seen.owners.length} owners: ${seen.owners.map(({ name }) => name).join(' and ')}.`,
        evidence: evidenceOf([seen]),
        remedies: [
          remedy(
            'Stop it through the one that should not run it, then start it by the other.',
            say('stop', nameOf(observation)),
          ),
        ],
      })),
  );

/** More running servers than the one that is declared. What nothing proves to be it is the matter of `unproven`. */
export const duplicateInstance: Rule = ({ observations }, say) =>
  observations.flatMap((observation): readonly Unnamed[] => {
    const proven = observation.seen.filter(isProven);
    if (proven.length < 2) return [];
    const surplus = proven.filter((seen) => !isOurs(seen)).slice(proven.some(isOurs) ? 0 : 1);
    return [
      {
        severity: 'error',
        servers: keysOf([observation]),
        message: `${nameOf(observation)} runs ${proven.length} times: ${proven.map(describeSeen).join('; ')}.`,
        evidence: evidenceOf(proven),
        remedies: surplus.flatMap(({ main }) =>
          main === null
            ? []
            : [remedy('Stop the one that is too many.', say('stop', '--pid', String(main.pid)))],
        ),
      },
    ];
  });

/** A style other than the declared one runs it. */
export const undeclaredStyle: Rule = ({ observations }, say) =>
  observations.flatMap((observation) =>
    observation.seen.flatMap((seen) => {
      const other = seen.owners.find(({ style }) => style !== observation.instance.server.style);
      if (other === undefined) return [];
      return [
        {
          severity: 'warning' as const,
          servers: keysOf([observation]),
          message: `${nameOf(observation)} is declared as ${observation.instance.server.style}, and ${other.name} runs it as ${other.style}.`,
          evidence: evidenceOf([seen]),
          remedies: [remedy('Start it again in the declared style.', say('restart', nameOf(observation)))],
        },
      ];
    }),
  );

/** Something answers in its place, and nothing proves that it is the declared server. */
export const unproven: Rule = ({ observations }, say) =>
  observations.flatMap((observation) => {
    // A process that somebody pointed at, and nobody declared, is in no server's place.
    if (observation.instance.server.style === strangerStyle) return [];
    const assessment = assess(observation);
    const bystander = assessment.is === 'running' && isBystander(assessment, observation.instance);
    const name = nameOf(observation);
    return observation.seen
      .filter((seen) => !isProven(seen) && !seen.sightings.some(({ unresponsive }) => unresponsive === true))
      .map((seen): Unnamed => ({
        severity: bystander ? 'info' : 'warning',
        servers: keysOf([observation]),
        message: `${describeSeen(seen)} answers where ${name} should be, and nothing proves that it is ${name}.`,
        evidence: evidenceOf([seen]),
        remedies: [
          ...(seen.main === null ? [] : [remedy('If it is to end:', endPointed(seen, seen.main.pid, say))]),
          remedy(
            `If it is ${name}: say how to know it, by its "command", "signature" or "dialect" in the ecosystem file.`,
            null,
          ),
        ],
      }));
  });

/** One process seemed to be several declared servers: it is one of them, and the others do not run. */
export const claimedTwice: Rule = ({ observations }, say) =>
  observations.flatMap((observation) =>
    observation.yielded
      .filter(({ proof, declaredIn, style }) => {
        const { server, port } = observation.instance;
        if (proof !== 'none') return true;
        const passing = server.port?.kind === 'range' && port === null;
        return style !== null && !passing && declaredIn === server.declaredIn;
      })
      .map(({ pid, proof, text }): Unnamed => ({
        severity: proof === 'none' ? 'warning' : 'error',
        servers: keysOf([observation]),
        message: text,
        evidence: [
          { source: 'process', text },
          ...(observation.detection.seen === 'absent'
            ? observation.detection.evidence.filter((one) => one.text !== text)
            : []),
        ],
        remedies: [
          remedy('See what claims it, and on which evidence.', say('diagnose', '--pid', String(pid))),
          remedy(
            `Give ${nameOf(observation)} a port or PID file of its own, or take it out of the ecosystem file.`,
            null,
          ),
        ],
      })),
  );
