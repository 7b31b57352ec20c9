import type { Host } from '../../host/host.js';
import type { Finding } from '../../model/finding.js';
import { isStopped, type ProcessRow } from '../../model/process.js';
import type { Holder } from '../../model/socket.js';
import type { Look } from '../../plugin/contract.js';
import { commandLine } from '../command-line.js';
import type { UnnamedHolder } from '../reach.js';
import type { Say } from '../say.js';
import type { ForeignServer, Observation } from '../snapshot.js';
import { addressOf, describeSeen, remedy } from './rule.js';

export type StrangerFacts = {
  readonly strangers: readonly ForeignServer[];
  readonly unnamed: readonly UnnamedHolder[];
  /** Of all ports that are asked about. */
  readonly holders: readonly Holder[];
  readonly relevant: readonly Observation[];
};

/** What `diagnose` says of processes that no file declares: who they are, and what ends them. */
export const strangerFindings = (
  { strangers, unnamed, holders, relevant }: StrangerFacts,
  say: Say,
  look: Look,
  host: Host,
): readonly Finding[] => [
  ...strangers
    .filter(({ unit, seen }) => unit === null && !isInTheWay(seen.pids, relevant))
    .map((server) => recognised(server, say)),
  ...strangers.flatMap((server) => frozen(server, say)),
  ...split(strangers, holders, relevant, say),
  ...unnamed.flatMap((one) => unrecognised(one, isTold(one, relevant), say, look, host)),
];

/** It is told already that it holds a declared port, or that its server is there. */
const isTold = ({ holder }: UnnamedHolder, relevant: readonly Observation[]): boolean =>
  relevant.some(({ ports }) => ports.some(({ port, holders }) => port === holder.port && holders.length > 0));

/** It is told already as the one that holds a declared port. */
const isInTheWay = (pids: ReadonlySet<number>, relevant: readonly Observation[]): boolean =>
  relevant.some(({ ports }) =>
    ports.some(({ holders }) =>
      holders.some((holder) => !holder.explained && holder.pids.some((pid) => pids.has(pid))),
    ),
  );

const recognised = ({ style, name, seen }: ForeignServer, say: Say): Finding => ({
  rule: 'undeclared-server',
  severity: 'info',
  servers: [],
  message: `${name} runs as ${style}, and no ecosystem file here declares it: ${describeSeen(seen)}.`,
  evidence: seen.sightings.flatMap(({ evidence }) => evidence),
  remedies:
    seen.main === null ? [] : [remedy('If it is to end:', say('stop', '--pid', String(seen.main.pid)))],
});

const frozen = ({ name, seen, style }: ForeignServer, say: Say): readonly Finding[] =>
  seen.sightings.some(({ unresponsive }) => unresponsive === true)
    ? [
        {
          rule: 'unresponsive',
          severity: 'error',
          servers: [],
          message: `${name} (${style}) accepts connections and does not answer: ${describeSeen(seen)}.`,
          evidence: seen.sightings.flatMap(({ evidence }) => evidence),
          remedies:
            seen.main === null
              ? []
              : [
                  remedy(
                    'Stop it; what does not end by itself is killed.',
                    say('stop', '--pid', String(seen.main.pid)),
                  ),
                ],
        },
      ]
    : [];

/** Two of them on one port at different addresses. Beside a declared server they are the matter of its `split-port`. */
const split = (
  strangers: readonly ForeignServer[],
  holders: readonly Holder[],
  relevant: readonly Observation[],
  say: Say,
): readonly Finding[] =>
  [...new Set(holders.map(({ port }) => port))]
    .filter((port) => !isDeclared(port, relevant))
    .flatMap((port): readonly Finding[] => {
      const there = strangers.flatMap((server) => {
        const own = holders.filter(
          (holder) => holder.port === port && holder.pids.some((pid) => server.seen.pids.has(pid)),
        );
        return own.length === 0 ? [] : [{ server, own, at: own.map(addressOf).join(' and ') }];
      });
      const apart = there.filter(({ own }, index) =>
        there
          .slice(0, index)
          .every((other) => !other.own.some(({ address }) => own.some((one) => one.address === address))),
      );
      if (apart.length < 2) return [];
      const list = apart.map(({ server, at }) => `${server.name}, ${describeSeen(server.seen)}, on ${at}`);
      return [
        {
          rule: 'split-port',
          severity: 'error',
          servers: [],
          message: `${apart.length} servers listen on port ${port}: ${list.join('; and ')}. Which one a client of "localhost" reaches is chance.`,
          evidence: apart.flatMap(({ server }) => server.seen.sightings.flatMap(({ evidence }) => evidence)),
          remedies: apart.flatMap(({ server: { seen }, at }) =>
            seen.main === null
              ? []
              : [remedy(`Stop the one on ${at}.`, say('stop', '--pid', String(seen.main.pid)))],
          ),
        },
      ];
    });

const isDeclared = (port: number, relevant: readonly Observation[]): boolean =>
  relevant.some(({ ports }) =>
    ports.some((fact) => fact.port === port && fact.holders.some(({ explained }) => explained)),
  );

/** Who it is; and, also where that is told as what is in the way of a declared server, that it does not answer. */
const unrecognised = (
  { holder, silence }: UnnamedHolder,
  told: boolean,
  say: Say,
  look: Look,
  host: Host,
): readonly Finding[] => {
  const [pid] = holder.pids;
  const row = pid === undefined ? undefined : look.processes.rows.get(pid);
  const who =
    row === undefined
      ? `a process of user ${holder.uid} that is not visible to you`
      : `PID ${row.pid} (${commandLine(row, host)})`;
  const socket = {
    source: 'socket',
    text: `A listening socket on ${holder.address} port ${holder.port} belongs to ${who}.`,
  };
  const end =
    row === undefined
      ? remedy('See who holds it as root.', `sudo ${say('diagnose', '--port', String(holder.port))}`)
      : remedy('If nobody needs it, end it.', say('stop', '--pid', String(row.pid), '--force'));
  const stopped = row !== undefined && isStopped(row) ? row : null;
  if (stopped === null && silence === null)
    return told
      ? []
      : [
          {
            rule: 'unknown-holder',
            severity: 'info',
            servers: [],
            message: `Port ${holder.port} is held by ${who}, and no style recognises it.`,
            evidence: [socket],
            remedies: [end],
          },
        ];
  return [
    {
      rule: 'unresponsive',
      severity: 'error',
      servers: [],
      message: `Port ${holder.port} is held by ${who}, which no style recognises${
        stopped === null ? '' : ' and which is stopped'
      }: it accepts connections and does not answer.`,
      evidence: [socket, stopped === null ? { source: 'probe', text: silence ?? '' } : stateOf(stopped)],
      remedies: [...(stopped === null ? [] : [remedy('Let it go on.', `kill -CONT ${stopped.pid}`)]), end],
    },
  ];
};

/** Stopped by SIGSTOP, or a debugger: the kernel goes on accepting connections for it, and nobody answers them. */
const stateOf = ({ pid, state }: ProcessRow) => ({
  source: 'process',
  text: `/proc/${pid}/stat gives its state as ${state}.`,
});
