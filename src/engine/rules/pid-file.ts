import type { PidFileFact, PidFileVerdict } from '../../model/sighting.js';
import { shellWord } from '../../model/shell-word.js';
import { isOurs } from '../assess.js';
import type { Say } from '../say.js';
import type { Observation } from '../snapshot.js';
import { keysOf, nameOf, remedy, type Rule, type Unnamed } from './rule.js';

type Treatment = {
  readonly severity: Unnamed['severity'];
  /** It names no process that could be the server: taking it away loses nothing. */
  readonly removable: boolean;
  /** What is wrong with it, behind `The PID file of web`. */
  readonly words: string;
};

const removable = (severity: Unnamed['severity'], words: string): Treatment => ({
  severity,
  removable: true,
  words,
});
const kept = (severity: Unnamed['severity'], words: string): Treatment => ({
  severity,
  removable: false,
  words,
});

/** Per verdict; a live file and a missing one are as they should be. */
const treatments: Readonly<Record<Exclude<PidFileVerdict, 'live' | 'missing'>, Treatment>> = {
  stale: removable('warning', 'is left over: its process has gone'),
  zombie: removable('warning', 'is left over: its process is dead and only waits to be reaped'),
  empty: removable('warning', 'is empty'),
  garbage: removable('warning', 'names no process'),
  reused: removable('error', 'is left over: another process has got its PID'),
  foreign: kept('error', 'names a process that is not shown to be it'),
  symlink: kept('error', 'is a symbolic link, which is not followed'),
  'other-owner': kept('error', 'belongs to another user'),
  'writable-by-others': kept('error', 'can be changed by other users'),
  'not-a-file': kept('error', 'is no plain file'),
  unreadable: kept('warning', 'cannot be read'),
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
  if (fact.verdict === 'missing') return isLost(observation) ? [lost(fact, observation, say)] : [];
  if (fact.verdict === 'live') return [];
  const treatment = treatments[fact.verdict];
  const { key } = observation.instance;
  return [
    {
      severity: treatment.severity,
      servers: keysOf([observation]),
      message: `The PID file of ${nameOf(observation)} ${treatment.words} (${fact.verdict}). ${fact.text}`,
      evidence: [{ source: 'pid-file', text: fact.text }],
      remedies: treatment.removable
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
              `ls -ld -- ${shellWord(fact.path)}`,
            ),
          ],
    },
  ];
};

/** We run it, it is past its start, and the file by which others know it is not there. */
const isLost = ({ instance, view, seen }: Observation): boolean =>
  view !== null &&
  view.main !== null &&
  view.state === 'running' &&
  instance.server.pidFile.length > 0 &&
  seen.some(isOurs);

const lost = (fact: PidFileFact, observation: Observation, say: Say): Unnamed => ({
  severity: 'warning',
  servers: keysOf([observation]),
  message: `${nameOf(observation)} runs, and its PID file is missing (${fact.path}): only mpm-io still knows which process it is.`,
  evidence: [{ source: 'pid-file', text: fact.text }],
  remedies: [remedy('Start it again; it is written anew.', say('restart', nameOf(observation)))],
});
