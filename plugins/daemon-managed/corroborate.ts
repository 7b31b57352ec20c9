import {
  descendantsOf,
  holdersAt,
  type Evidence,
  type Host,
  type Instance,
  type Look,
  type ProcessRow,
} from 'mpm-io/plugin';
import { runsDeclared } from '../seen/command-line.js';
import { callAddress, holdingRows } from '../seen/holders.js';
import { fillOf } from '../seen/unit-owner.js';
import { matcherOf, optionsOf } from './options.js';

/** Is this process the declared server? A number in a file is a hint; the process itself must show it. */
export type Proof = {
  readonly proven: boolean;
  /** Our record names this very process. */
  readonly recorded: boolean;
  /** It, or something below it, holds the declared port; `null`: no port is declared. */
  readonly listens: boolean | null;
  readonly evidence: readonly Evidence[];
};

export const corroborate = (row: ProcessRow, instance: Instance, look: Look, host: Host): Proof => {
  const { server, port } = instance;
  const { verify = {} } = optionsOf(server);
  const details = host.processes.details(row.pid);
  const line = details?.argv.join(' ') ?? row.comm;
  const listens = port === null ? null : holdsPort(row, port, server.host, look);
  const declared = details !== null && runsDeclared(details, server, fillOf(instance, port), host.user.uid);
  const matches = verify.command === undefined ? null : matcherOf(verify.command)(line);
  const recorded = look.units.get(instance.key)?.main ?? null;
  const ours = recorded !== null && recorded.pid === row.pid && recorded.start === row.start;
  const evidence: Evidence[] = [];
  const say = (source: string, text: string): void => void evidence.push({ source, text });
  if (listens !== null)
    say('socket', `PID ${row.pid} ${listens ? 'holds' : 'does not hold'} the declared port ${port}`);
  if (declared) say('process', `PID ${row.pid} runs what is declared: ${line}`);
  if (matches !== null)
    say(
      'process',
      `the command line of PID ${row.pid} ${matches ? 'matches' : 'does not match'} ${verify.command}: ${line}`,
    );
  if (ours) say('record', `PID ${row.pid} is the recorded process`);
  const wanted = matches !== false && (verify.port !== true || listens === true);
  const shown = listens === true || declared || matches === true || ours;
  if (!shown && evidence.length === 0)
    say(
      'process',
      `nothing is declared that would show PID ${row.pid} to be the server: a port, a command or verify.command`,
    );
  return { proven: ours || (wanted && shown), recorded: ours, listens, evidence };
};

export const holdsPort = (row: ProcessRow, port: number, host: string | null, look: Look): boolean => {
  const holders = holdersAt(look.listeners, port, callAddress(look.listeners, port, host));
  const tree = new Set([row.pid, ...descendantsOf(look.processes, row.pid).map(({ pid }) => pid)]);
  return holdingRows(look.processes, holders).some(({ pid }) => tree.has(pid));
};
