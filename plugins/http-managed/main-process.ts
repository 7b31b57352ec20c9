import {
  findAlive,
  holdersAt,
  identityOf,
  related,
  type Evidence,
  type Host,
  type Identity,
  type Look,
  type ProcessDetails,
} from 'mpm-io/plugin';
import { describeProcess } from '../seen/command-line.js';
import { holdingRows, topHolder } from '../seen/holders.js';
import { type Target } from './ask.js';

/** Which process it is, as the socket and the record say. What the answer claims is never taken for it. */
export type Found = {
  readonly main: Identity | null;
  /** The holder of the socket is the recorded process, or of its tree. */
  readonly recorded: boolean;
  readonly evidence: readonly Evidence[];
  /** Of `main`, where they were read for the evidence. */
  readonly details?: ProcessDetails | null;
};

export const findMain = (target: Target, look: Look, host: Host, recorded: Identity | null): Found => {
  const table = look.processes;
  const known = recorded === null ? undefined : findAlive(table, recorded);
  if (target.port === null)
    return { main: known === undefined ? null : recorded, recorded: known !== undefined, evidence: [] };
  const holders = holdersAt(look.listeners, target.port, target.address);
  const rows = holdingRows(table, holders);
  const top = topHolder(table, rows);
  const where = holders[0] === undefined ? `${target.address}:${target.port}` : addressText(holders[0]);
  if (top === null) {
    const text =
      holders.length === 0
        ? `no listener on ${where} is visible here`
        : `the process that holds ${where} is not visible to this user`;
    return { main: null, recorded: false, evidence: [{ source: 'socket', text }] };
  }
  const ours = known !== undefined && rows.some(({ pid }) => related(table, pid, known.pid));
  const details = host.processes.details(top.pid);
  const who = describeProcess(top.pid, details, top.comm);
  const others = rows.length > 1 ? ` and ${rows.length - 1} more` : '';
  return {
    main: ours ? recorded : identityOf(table, top),
    recorded: ours,
    evidence: [{ source: 'socket', text: `${where} is held by ${who}${others}` }],
    ...(ours && recorded?.pid !== top.pid ? {} : { details }),
  };
};

const addressText = ({ address, port }: { readonly address: string; readonly port: number }): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
