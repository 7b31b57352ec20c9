import { displayServer } from '../../model/key.js';
import { related } from '../../model/tree.js';
import { assess } from '../assess.js';
import { describeSeen, evidenceOf, keysOf, nameOf, remedy, type Rule, type Unnamed } from './rule.js';

/** Its health answer names a PID that is not in the tree of the process that holds its socket. */
export const pidDisagrees: Rule = ({ observations, look }, say) =>
  observations.flatMap((observation) =>
    observation.seen.flatMap((seen) => {
      const { main } = seen;
      return seen.sightings.flatMap(({ claims, evidence }): readonly Unnamed[] => {
        if (claims?.badPid !== undefined) {
          return [
            {
              severity: 'warning',
              servers: keysOf([observation]),
              message: `${nameOf(observation)} gives ${claims.badPid} as its PID, which cannot be one; it is not used.`,
              evidence,
              remedies: [remedy('Correct the pid in its health answer, or leave it out.', null)],
            },
          ];
        }
        if (claims?.pid === undefined || main === null || related(look.processes, claims.pid, main.pid))
          return [];
        const named = look.processes.rows.get(claims.pid);
        return [
          {
            severity: 'error',
            servers: keysOf([observation]),
            message: `${nameOf(observation)} says it is PID ${claims.pid}${
              named === undefined ? ', which does not exist' : ` (${named.comm})`
            }; the process that holds its socket is ${describeSeen(seen)}.`,
            evidence,
            remedies: [
              remedy(
                'See who holds the port, and since when.',
                say('diagnose', ...portWords(observation.instance.port, nameOf(observation))),
              ),
            ],
          },
        ];
      });
    }),
  );

const portWords = (port: number | null, name: string): readonly string[] =>
  port === null ? [name] : ['--port', String(port)];

/** It accepts connections and does not answer. */
export const unresponsive: Rule = ({ observations }, say) =>
  observations.flatMap((observation) => {
    const assessment = assess(observation);
    if (assessment.is !== 'running' || !assessment.unresponsive) return [];
    const { seen, proven } = assessment;
    const again = proven && observation.instance.server.command !== null;
    return [
      {
        severity: 'error',
        servers: keysOf([observation]),
        message: `${nameOf(observation)} accepts connections and does not answer (${describeSeen(seen)}).`,
        evidence: evidenceOf([seen]),
        remedies: [
          again
            ? remedy(
                'Start it again; what does not end by itself is killed.',
                say('restart', nameOf(observation)),
              )
            : remedy(
                'Stop it; what does not end by itself is killed.',
                seen.main === null || proven
                  ? say('stop', nameOf(observation))
                  : say('stop', '--pid', String(seen.main.pid)),
              ),
        ],
      },
    ];
  });

/** Wanted up, and not up. */
export const failed: Rule = ({ observations }, say) =>
  observations.flatMap((observation) => {
    const assessment = assess(observation);
    if (assessment.is !== 'failed') return [];
    const { key } = observation.instance;
    return [
      {
        severity: 'error',
        servers: [key],
        message: `${nameOf(observation)} should be up and is not: ${assessment.reason}`,
        evidence: observation.detection.seen === 'absent' ? observation.detection.evidence : [],
        remedies: [
          remedy('See its last words.', say('logs', nameOf(observation), '--err', '--no-follow')),
          remedy('Start it again.', say('start', nameOf(observation)), { kind: 'start', key }),
        ],
      },
    ];
  });

/** A style could not look, so that "nothing is wrong" would be a guess. */
export const blindSpot: Rule = ({ blind }, say) =>
  blind.map(({ style, reason, keys }) => ({
    severity: 'warning',
    servers: keys,
    message: `The style ${style} could not look${keys.length === 0 ? '' : ` at ${keys.map((key) => displayServer(key)).join(', ')}`}: ${reason}`,
    evidence: [{ source: 'style', text: reason }],
    remedies: [remedy('See which styles are loaded.', say('plugins', 'list'))],
  }));
