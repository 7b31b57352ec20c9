import { displayServer } from '../../model/key.js';
import { listenersOf } from '../../model/held-ports.js';
import { assess } from '../assess.js';
import { excludes } from '../excludes.js';
import { type Say, targetOf } from '../say.js';
import { instancesByPort } from '../shared-ports.js';
import type { HolderFact, Observation, Snapshot } from '../snapshot.js';
import {
  addressOf,
  declaredAt,
  describeHolder,
  describeKnown,
  evidenceOf,
  keysOf,
  nameOf,
  remedy,
  type Rule,
  type Unnamed,
} from './rule.js';

/** A declared port is held by a process that is not the server. */
export const foreignListener: Rule = (snapshot, say) =>
  snapshot.observations.flatMap((observation) =>
    observation.ports.flatMap(({ port, holders }) =>
      strangers(holders, observation, snapshot).map((holder): Unnamed => {
        const { host } = observation.instance.server;
        const blocks = excludes(holder, host);
        return {
          severity: blocks ? 'error' : 'warning',
          servers: keysOf([observation]),
          message: `Port ${port} of ${nameOf(observation)} is held${blocks ? '' : ' on another address'} by ${describeKnown(holder, snapshot)}.`,
          evidence: [
            { source: 'socket', text: `${addressOf(holder)} is held by ${describeHolder(holder)}.` },
            ...evidenceOf(holder.recognised.map(({ seen }) => seen)),
          ],
          remedies: [endHolder(holder, snapshot, say)],
        };
      }),
    ),
  );

/**
 * Holders that are not the server. Beside the server itself, on another address, they are the matter of `split-port`;
 * a declared server with the same port is that of `shared-endpoint`, and in nobody's way where this one is only observed.
 */
const strangers = (
  holders: readonly HolderFact[],
  { instance }: Observation,
  snapshot: Snapshot,
): readonly HolderFact[] =>
  holders.some(({ explained }) => explained)
    ? []
    : holders.filter((holder) => {
        const declared = declaredAt(holder, snapshot);
        if (declared === null) return true;
        const sharing =
          declared.instance.server.port?.kind === 'fixed' && declared.instance.port === holder.port;
        return !sharing && instance.server.command !== null;
      });

const endHolder = (holder: HolderFact, snapshot: Snapshot, say: Say) => {
  const { process, port, recognised } = holder;
  if (process === null)
    return remedy('See who holds it, as root.', `sudo ${say('diagnose', '--port', String(port))}`);
  const known = recognised.length > 0 || declaredAt(holder, snapshot) !== null;
  return known
    ? remedy('Stop it.', say('stop', '--pid', String(process.pid)))
    : remedy('If nobody needs it, end it.', say('stop', '--pid', String(process.pid), '--force'));
};

/**
 * Two servers on one port at different addresses: which one a client reaches depends on how it resolves the name. Of two
 * that are declared it is told once, and which one is to go is for the person to say.
 */
export const splitPort: Rule = (snapshot, say) =>
  snapshot.observations.flatMap((observation, index) =>
    observation.ports.flatMap(({ port, holders }): readonly Unnamed[] => {
      const ours = holders.filter(({ explained }) => explained);
      const others = holders.filter((holder) => {
        const declared = declaredAt(holder, snapshot);
        const tells = declared !== null && standsAt(declared, port);
        return !holder.explained && !(tells && snapshot.observations.indexOf(declared) < index);
      });
      if (ours.length === 0 || others.length === 0) return [];
      const name = nameOf(observation);
      const list = [
        ...ours.map((holder) => `${name}, ${describeHolder(holder)}, on ${addressOf(holder)}`),
        ...others.map((holder) => `${describeKnown(holder, snapshot)}, on ${addressOf(holder)}`),
      ];
      return [
        {
          severity: 'error',
          servers: keysOf([observation]),
          message: `Two servers listen on port ${port}: ${list.join('; and ')}. Which one a client of "localhost" reaches is chance.`,
          evidence: holders.map((holder) => ({
            source: 'socket',
            text: `${addressOf(holder)} is held by ${describeHolder(holder)}.`,
          })),
          remedies: others.flatMap((holder) => {
            const { text, shell } = endHolder(holder, snapshot, say);
            const declared = declaredAt(holder, snapshot);
            if (declared === null)
              return [remedy(holder.process === null ? text : `Stop the one that is not ${name}.`, shell)];
            const [one, other] = [targetOf(observation.instance), targetOf(declared.instance)];
            return [
              remedy(`If ${one} is meant, stop ${other}.`, say('stop', other)),
              remedy(`If ${other} is meant, stop ${one}.`, say('stop', one)),
            ];
          }),
        },
      ];
    }),
  );

const standsAt = ({ ports }: Observation, port: number): boolean =>
  ports.some((fact) => fact.port === port && fact.holders.some(({ explained }) => explained));

/** Two servers declare one port. Needs no process at all. */
export const sharedEndpoint: Rule = ({ observations }) =>
  [...instancesByPort(observations)].map(([port, sharing]) => {
    const up = sharing.filter((observation) => assess(observation).is === 'running');
    const now = up.length === 0 ? '' : ` ${listOf(up)} ${up.length === 1 ? 'runs' : 'run'} there now.`;
    return {
      severity: severityOf(sharing),
      servers: keysOf(sharing),
      message: `${listOf(sharing)} declare the same port, ${port}: only one of them can run.${now}`,
      evidence: sharing.map(({ instance }) => ({
        source: 'declaration',
        text: `${instance.server.declaredIn ?? 'A record'} gives ${displayServer(instance.server.key)} port ${port}.`,
      })),
      remedies: [remedy('Give one of them another port in the ecosystem file.', null)],
    };
  });

const listOf = (observations: readonly Observation[]): string =>
  observations
    .map(nameOf)
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');

/** The main processes of what runs, each once. */
const mainsOf = (observations: readonly Observation[]): readonly number[] => [
  ...new Set(
    observations.flatMap((observation) => {
      const assessment = assess(observation);
      return assessment.is === 'running' && assessment.seen.main !== null ? [assessment.seen.main.pid] : [];
    }),
  ),
];

/** An error where `start all` must fail for it, or where both run; a server that is only observed may well take turns. */
const severityOf = (sharing: readonly Observation[]): Unnamed['severity'] => {
  const startable = sharing.filter(({ instance: { server } }) => server.command !== null);
  const always = startable.filter(({ instance: { server } }) => server.autostart);
  if (always.length > 1 || mainsOf(sharing).length > 1) return 'error';
  return startable.length > 1 ? 'warning' : 'info';
};

/** It runs and says it is ready, and nobody listens where it should. */
export const notListening: Rule = ({ observations, look }, say) =>
  observations.flatMap((observation) => {
    const [running] = observation.seen;
    if (running === undefined || observation.instance.server.type === 'task') return [];
    if (running.sightings.some(({ phase, unresponsive }) => phase !== 'running' || unresponsive === true))
      return [];
    if (isComingUp(observation, look)) return [];
    return observation.ports
      .filter(({ holders }) => holders.length === 0)
      .map(({ port }) => {
        const elsewhere = [...running.pids].flatMap((pid) =>
          listenersOf(look.listeners, pid).map((row) => row.port),
        );
        const where =
          elsewhere.length === 0 ? '' : ` It listens on ${[...new Set(elsewhere)].join(', ')} instead.`;
        return {
          severity: 'error' as const,
          servers: keysOf([observation]),
          message: `${nameOf(observation)} runs, and nobody listens on its port ${port}.${where}`,
          evidence: [
            ...evidenceOf([running]),
            { source: 'socket', text: `No listening socket has port ${port}.` },
          ],
          remedies: [
            ...(observation.view === null
              ? []
              : [remedy('See what it says.', say('logs', nameOf(observation), '--no-follow'))]),
            observation.instance.server.command === null
              ? remedy('Stop it.', say('stop', nameOf(observation)))
              : remedy('Start it again.', say('restart', nameOf(observation))),
          ],
        };
      });
  });

/** Started without waiting, and not ready yet: it still has its time. */
export const isComingUp = ({ view, instance }: Observation, { processes }: Snapshot['look']): boolean => {
  const run = view?.record.run ?? null;
  return (
    run !== null && run.readyAt === null && processes.takenAt - run.startedAt < instance.server.ready.timeout
  );
};
