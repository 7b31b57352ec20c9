import { displayServer } from '../../model/key.js';
import { instancesByPort } from '../shared-ports.js';
import type { HolderFact } from '../snapshot.js';
import { addressOf, describeHolder, evidenceOf, keysOf, nameOf, remedy, type Rule } from './rule.js';

/** A declared port is held by a process that is not the server. */
export const foreignListener: Rule = ({ observations }, say) =>
  observations.flatMap((observation) =>
    observation.ports.flatMap(({ port, holders }) =>
      strangers(holders).map((holder) => {
        const [known] = holder.recognised;
        const who = describeHolder(holder);
        const what =
          known === undefined
            ? ''
            : known.unit === null
              ? `, ${known.name} (${known.style})`
              : `, which is ${displayServer(known.name)}`;
        return {
          severity: 'error' as const,
          servers: keysOf([observation]),
          message: `Port ${port} of ${nameOf(observation)} is held by ${who}${what}.`,
          evidence: [
            { source: 'socket', text: `${addressOf(holder)} is held by ${who}.` },
            ...evidenceOf(holder.recognised.map(({ seen }) => seen)),
          ],
          remedies:
            holder.process === null
              ? [remedy('See who holds it as root.', `sudo ${say('diagnose', '--port', String(port))}`)]
              : [
                  known === undefined
                    ? remedy(
                        'If nobody needs it, end it.',
                        say('stop', '--pid', String(holder.process.pid), '--force'),
                      )
                    : remedy('Stop it.', say('stop', '--pid', String(holder.process.pid))),
                ],
        };
      }),
    ),
  );

/** Holders that are not the server. Beside the server itself, on another address, they are the matter of `split-port`. */
const strangers = (holders: readonly HolderFact[]): readonly HolderFact[] =>
  holders.some(({ explained }) => explained) ? [] : holders;

/** Two servers on one port at different addresses: which one a client reaches depends on how it resolves the name. */
export const splitPort: Rule = ({ observations }, say) =>
  observations.flatMap((observation) =>
    observation.ports.flatMap(({ port, holders }) => {
      const ours = holders.filter(({ explained }) => explained);
      const others = holders.filter((holder) => !holder.explained);
      if (ours.length === 0 || others.length === 0) return [];
      return [
        {
          severity: 'error' as const,
          servers: keysOf([observation]),
          message: `Port ${port} has two servers: ${[...ours, ...others]
            .map((holder) => `${describeHolder(holder)} on ${addressOf(holder)}`)
            .join(', ')}. Which one "localhost" reaches is chance.`,
          evidence: holders.map((holder) => ({
            source: 'socket',
            text: `${addressOf(holder)} is held by ${describeHolder(holder)}.`,
          })),
          remedies: others.flatMap(({ process, recognised }) =>
            process === null
              ? []
              : [
                  remedy(
                    `Stop the one that is not ${nameOf(observation)}.`,
                    say(
                      'stop',
                      '--pid',
                      String(process.pid),
                      ...(recognised.length === 0 ? ['--force'] : []),
                    ),
                  ),
                ],
          ),
        },
      ];
    }),
  );

/** Two servers declare one port. Needs no process at all. */
export const sharedEndpoint: Rule = ({ observations }) =>
  [...instancesByPort(observations)].map(([port, sharing]) => ({
    severity: 'error',
    servers: keysOf(sharing),
    message: `${sharing.map(nameOf).join(' and ')} both declare port ${port}: only one of them can run.`,
    evidence: sharing.map(({ instance }) => ({
      source: 'declaration',
      text: `${instance.server.declaredIn ?? 'A record'} gives ${displayServer(instance.server.key)} port ${port}.`,
    })),
    remedies: [remedy('Give one of them another port in the ecosystem file.', null)],
  }));

/** It runs and says it is ready, and nobody listens where it should. */
export const notListening: Rule = ({ observations, look }, say) =>
  observations.flatMap((observation) => {
    const [running] = observation.seen;
    if (running === undefined || observation.instance.server.type === 'task') return [];
    if (running.sightings.some(({ phase }) => phase !== 'running')) return [];
    return observation.ports
      .filter(({ holders }) => holders.length === 0)
      .map(({ port }) => {
        const elsewhere = look.listeners.rows
          .filter((row) =>
            look.listeners
              .holders(row.port)
              .some(({ inode, pids }) => inode === row.inode && pids.some((pid) => running.pids.has(pid))),
          )
          .map((row) => row.port);
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
            remedy('See what it says.', say('logs', nameOf(observation), '--no-follow')),
            remedy('Start it again.', say('restart', nameOf(observation))),
          ],
        };
      });
  });
