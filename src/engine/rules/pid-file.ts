import type { PidFileFact, PidFileVerdict } from '../../model/sighting.js';
import { quote, type Say } from '../say.js';
import type { Observation } from '../snapshot.js';
import { keysOf, nameOf, remedy, type Rule, type Unnamed } from './rule.js';

type Treatment = {
  readonly severity: Unnamed['severity'];
  /** It names no process that could be the server: taking it away loses nothing. */
  readonly removable: boolean;
};

/** Per verdict; a live file and a missing one are as they should be. */
const treatments: Readonly<Record<Exclude<PidFileVerdict, 'live' | 'missing'>, Treatment>> = {
  stale: { severity: 'warning', removable: true },
  zombie: { severity: 'warning', removable: true },
  empty: { severity: 'warning', removable: true },
  garbage: { severity: 'warning', removable: true },
  reused: { severity: 'error', removable: true },
  foreign: { severity: 'error', removable: false },
  symlink: { severity: 'error', removable: false },
  'other-owner': { severity: 'error', removable: false },
  'writable-by-others': { severity: 'error', removable: false },
  'not-a-file': { severity: 'error', removable: false },
  unreadable: { severity: 'warning', removable: false },
};

/** A PID file that does not name the server: old, broken, of somebody else, or not to be trusted. */
export const pidFile: Rule = ({ observations }, say) =>
  observations.flatMap((observation) =>
    factsOf(observation).flatMap((fact) => judge(fact, observation, say)),
  );

const factsOf = ({ detection, seen }: Observation): readonly PidFileFact[] => {
  const facts = [
    ...(detection.seen === 'absent' ? (detection.pidFiles ?? []) : []),
    ...seen.flatMap(({ sightings }) => sightings.flatMap(({ pidFile: fact }) => fact ?? [])),
    ...(detection.seen === 'running' && seen.length === 0
      ? detection.sightings.flatMap(({ pidFile: fact }) => fact ?? [])
      : []),
  ];
  return facts.filter(({ path }, index) => facts.findIndex((other) => other.path === path) === index);
};

const judge = (fact: PidFileFact, observation: Observation, say: Say): readonly Unnamed[] => {
  if (fact.verdict === 'live' || fact.verdict === 'missing') return [];
  const { severity, removable } = treatments[fact.verdict];
  const { key } = observation.instance;
  return [
    {
      severity,
      servers: keysOf([observation]),
      message: `The PID file of ${nameOf(observation)} is ${fact.verdict}: ${fact.text}`,
      evidence: [{ source: 'pid-file', text: fact.text }],
      remedies: removable
        ? [
            remedy(
              'Remove it; nothing is signalled.',
              say('diagnose', nameOf(observation), '--fix', '--yes'),
              {
                kind: 'remove-pid-file',
                key,
                path: fact.path,
              },
            ),
          ]
        : [
            remedy(
              'Look at it; it is neither followed nor removed by itself.',
              `ls -l -- ${quote(fact.path)}`,
            ),
          ],
    },
  ];
};
