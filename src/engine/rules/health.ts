import { displayServer, type InstanceKey, serverOfInstance } from '../../model/key.js';
import { isStopped } from '../../model/process.js';
import { related } from '../../model/tree.js';
import type { Sighting } from '../../model/sighting.js';
import { assess } from '../assess.js';
import { strangerStyle } from '../foreign-instance.js';
import { isDropped, type Observation } from '../snapshot.js';
import { isComingUp } from './ports.js';
import { describeSeen, evidenceOf, keysOf, nameOf, remedy, type Rule, type Unnamed } from './rule.js';

/** Its health answer names a PID that is not in the tree of the process that holds its socket. */
export const pidDisagrees: Rule = ({ observations, look }, say) =>
  observations.flatMap((observation) =>
    observation.seen.flatMap((seen) => {
      const { main } = seen;
      return claimsOnce(seen.sightings).flatMap(({ claims, evidence }): readonly Unnamed[] => {
        if (claims?.badPid !== undefined) {
          return [
            {
              severity: 'warning',
              servers: keysOf([observation]),
              message: `${nameOf(observation)} gives a PID that cannot be one: ${claims.badPid}; it is not used.`,
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

/** Two styles may read the same answer: what it claims is told once. */
const claimsOnce = (sightings: readonly Sighting[]): readonly Sighting[] => {
  const wordOf = ({ claims }: Sighting): string => claims?.badPid ?? String(claims?.pid);
  return sightings.filter(
    (sighting, index) => sightings.findIndex((other) => wordOf(other) === wordOf(sighting)) === index,
  );
};

const portWords = (port: number | null, name: string): readonly string[] =>
  port === null ? [name] : ['--port', String(port)];

/** It accepts connections and does not answer. */
export const unresponsive: Rule = ({ observations, look }, say) =>
  observations.flatMap((observation): readonly Unnamed[] => {
    const assessment = assess(observation);
    if (assessment.is !== 'running' || !assessment.unresponsive) return [];
    const { seen, proven } = assessment;
    const { main } = seen;
    const row = main === null ? undefined : look.processes.rows.get(main.pid);
    const frozen = row !== undefined && isStopped(row);
    const name = nameOf(observation);
    const why = frozen
      ? 'is frozen, stopped by a signal or a debugger'
      : 'accepts connections and does not answer';
    return [
      {
        severity: 'error',
        servers: keysOf([observation]),
        message: `${name} ${why}: ${describeSeen(seen)}.`,
        evidence: evidenceOf([seen]),
        remedies: [
          ...(frozen ? [remedy('Let it go on.', `kill -CONT ${row.pid}`)] : []),
          proven && observation.instance.server.command !== null && !isDropped(observation)
            ? remedy('Start it again; what does not end by itself is killed.', say('restart', name))
            : remedy(
                'Stop it; what does not end by itself is killed.',
                main === null || proven
                  ? say('stop', name)
                  : say('stop', '--pid', String(main.pid), ...(isStranger(observation) ? ['--force'] : [])),
              ),
        ],
      },
    ];
  });

const isStranger = ({ instance }: Observation): boolean => instance.server.style === strangerStyle;

/** It runs and answers, and by its own answer it is not well, although it had its time to become ready. */
export const unhealthy: Rule = (snapshot, say) =>
  snapshot.observations.flatMap((observation): readonly Unnamed[] => {
    const assessment = assess(observation);
    if (assessment.is !== 'running' || assessment.unresponsive || assessment.phase !== 'running') return [];
    const silent = observation.ports.some(({ holders }) => holders.length === 0);
    if (assessment.ready !== false || assessment.reason === null || silent) return [];
    if (!assessment.proven || isComingUp(observation, snapshot.look)) return [];
    const name = nameOf(observation);
    return [
      {
        severity: 'error',
        servers: keysOf([observation]),
        message: `${name} runs and is not well: ${assessment.reason}`,
        evidence: evidenceOf([assessment.seen]),
        remedies: [
          ...(observation.view === null
            ? []
            : [remedy('See what it says.', say('logs', name, '--no-follow'))]),
          ...(observation.instance.server.command === null || isDropped(observation)
            ? []
            : [remedy('Start it again.', say('restart', name))]),
        ],
      },
    ];
  });

/** Started without waiting, and nobody has asked the program that tells whether it is ready. */
export const notAsked: Rule = ({ observations }, say) =>
  observations.flatMap((observation): readonly Unnamed[] => {
    const assessment = assess(observation);
    if (assessment.is !== 'running' || !assessment.unasked || isDropped(observation)) return [];
    const name = nameOf(observation);
    return [
      {
        severity: 'warning',
        servers: keysOf([observation]),
        message: `${name} runs, and nobody has asked since its start whether it is ready: ${describeSeen(assessment.seen)}.`,
        evidence: evidenceOf([assessment.seen]),
        remedies: [remedy('Ask it.', say('wait', name))],
      },
    ];
  });

/** Wanted up, and not up. */
export const failed: Rule = ({ observations }, say) =>
  observations.flatMap((observation): readonly Unnamed[] => {
    const assessment = assess(observation);
    if (assessment.is !== 'failed' || isDropped(observation)) return [];
    const { instance, view, detection } = observation;
    const { key, server } = instance;
    const name = nameOf(observation);
    const what = server.type === 'task' ? 'failed' : 'should be up and is not';
    return [
      {
        severity: 'error',
        servers: [key],
        message: `${name} ${what}: ${assessment.reason}`,
        evidence: [
          { source: view === null ? 'style' : 'record', text: assessment.reason },
          ...(detection.seen === 'absent' ? detection.evidence : []),
        ],
        remedies: [
          ...(view === null ? [] : [remedy('See its last words.', say('logs', name, '--no-follow'))]),
          ...(server.command === null
            ? []
            : [remedy('Start it again.', say('start', name), { kind: 'start', key })]),
        ],
      },
    ];
  });

/** A style could not look, so that "nothing is wrong" would be a guess. */
export const blindSpot: Rule = ({ blind }, say) =>
  blind.map(({ style, reason, keys }) => ({
    severity: 'warning',
    servers: keys,
    message: `The style ${style} could not look${keys.length === 0 ? '' : ` at ${listOf(keys)}`}: ${reason}`,
    evidence: [{ source: 'style', text: reason }],
    remedies: [remedy('See which styles are loaded.', say('plugins', 'list'))],
  }));

const mostNamed = 5;

const listOf = (keys: readonly InstanceKey[]): string => {
  const names = [...new Set(keys.map((key) => displayServer(serverOfInstance(key))))];
  const rest = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
};
