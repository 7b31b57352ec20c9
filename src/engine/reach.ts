import { listenersOf } from '../model/held-ports.js';
import type { ProcessRow } from '../model/process.js';
import type { Holder } from '../model/socket.js';
import type { Look } from '../plugin/contract.js';
import { commandLine } from './command-line.js';
import { observeForeign, observeStranger } from './foreign-instance.js';
import type { Selected } from './instances.js';
import { recogniseProcess } from './recognise.js';
import { silenceOf } from './silence.js';
import type { ForeignServer, Observation } from './snapshot.js';
import type { Workspace } from './workspace.js';

/** What the processes that were asked about turn out to be. */
export type Reached = {
  readonly relevant: readonly Observation[];
  /** What the styles recognise in the others. */
  readonly strangers: readonly ForeignServer[];
  /** Neither. */
  readonly unknown: readonly number[];
};

export const reach = async (
  pids: readonly number[],
  relevant: readonly Observation[],
  { styles, signal }: Workspace,
  look: Look,
): Promise<Reached> => {
  const others = pids.filter((pid) => !relevant.some(({ seen }) => seen.some((one) => one.pids.has(pid))));
  const found = await Promise.all(others.map((pid) => recogniseProcess(pid, { styles, look, signal })));
  const servers = found.flat();
  const strangers = servers.filter(
    ({ seen }, index) =>
      servers.findIndex((other) => [...other.seen.pids].some((pid) => seen.pids.has(pid))) === index,
  );
  return {
    relevant,
    strangers,
    unknown: others.filter((_pid, index) => found[index]?.length === 0),
  };
};

/** What names and filters leave of it. */
export const narrowed = (
  { relevant, strangers, unknown }: Reached,
  narrow: (found: readonly Selected[]) => readonly Selected[],
  { host }: Workspace,
  look: Look,
): Reached => {
  const rows = unknown.flatMap((pid) => look.processes.rows.get(pid) ?? []);
  const asInstance = new Map<ForeignServer | ProcessRow, Observation>([
    ...strangers.map((one) => [one, observeForeign(one)] as const),
    ...rows.map((row) => {
      const { boot } = look.processes;
      const endpoints = listenersOf(look.listeners, row.pid).map(({ port, address }) => ({
        kind: 'tcp' as const,
        port,
        host: address,
      }));
      const main = { pid: row.pid, start: row.start, boot };
      return [row, observeStranger(main, commandLine(row, host), endpoints)] as const;
    }),
  ]);
  const left = new Set(narrow([...relevant, ...asInstance.values()]));
  const isLeft = (one: ForeignServer | ProcessRow): boolean => left.has(asInstance.get(one) as Selected);
  return {
    relevant: relevant.filter((observation) => left.has(observation)),
    strangers: strangers.filter(isLeft),
    unknown: rows.filter(isLeft).map(({ pid }) => pid),
  };
};

/** A holder that nothing is known of but its socket. */
export type UnnamedHolder = {
  readonly holder: Holder;
  /** What it does with a plain question; `null`: it answers, if only by turning it down. */
  readonly silence: string | null;
};

/** Holders that are nobody's, or not visible; each is asked whether it answers at all, as `status --port` does. */
export const unnamedHolders = (
  holders: readonly Holder[],
  { relevant, unknown }: Reached,
  workspace: Workspace,
): Promise<readonly UnnamedHolder[]> =>
  Promise.all(
    holders
      .filter((holder) =>
        holder.pids.length === 0
          ? !isExplained(holder, relevant)
          : holder.pids.some((pid) => unknown.includes(pid)),
      )
      .map(async (holder) => ({
        holder,
        silence: await silenceOf([{ kind: 'tcp', port: holder.port, host: holder.address }], workspace),
      })),
  );

/** A socket whose process is not visible may still be told to be the server's own. */
const isExplained = ({ inode }: Holder, relevant: readonly Observation[]): boolean =>
  relevant.some(({ ports }) =>
    ports.some(({ holders }) => holders.some((holder) => holder.explained && holder.inode === inode)),
  );
