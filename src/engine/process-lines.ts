import { findAlive, isAlive, type ProcessTable, startedAt } from '../model/process.js';
import { descendantsOf } from '../model/tree.js';
import type { InfoLine, Look } from '../plugin/contract.js';
import { assess } from './assess.js';
import { commandLine } from './command-line.js';
import type { Observation } from './snapshot.js';
import { readUserNames } from './user-names.js';
import type { Workspace } from './workspace.js';

/** Between the two samples of processor time, ms. */
const sampling = 200;

/** What the process table tells of the main process of an instance, and of what runs below it. */
export const processLines = async (
  observation: Observation,
  { host, signal }: Pick<Workspace, 'host' | 'signal'>,
  look: Look,
): Promise<readonly InfoLine[]> => {
  const assessment = assess(observation);
  const main = assessment.is === 'running' ? assessment.seen.main : null;
  const table = look.processes;
  const row = main === null ? undefined : findAlive(table, main);
  if (row === undefined) return [];
  const details = host.processes.details(row.pid);
  const below = descendantsOf(table, row.pid).filter(isAlive);
  const started = startedAt(table, row);
  const cpu = await sampleCpu([row.pid, ...below.map(({ pid }) => pid)], table, { host, signal });
  const user = details === null || details.uid === null ? null : readUserNames(host)(details.uid);
  return [
    { label: 'command', value: commandLine(row, host), raw: details?.argv ?? [] },
    ...(details === null || details.cwd === null ? [] : [{ label: 'cwd', value: details.cwd }]),
    ...(user === null ? [] : [{ label: 'user', value: user }]),
    { label: 'started', value: new Date(started).toISOString(), raw: started },
    ...(cpu === null ? [] : [{ label: 'cpu', value: `${cpu.toFixed(1)} %`, raw: cpu }]),
    { label: 'threads', value: String(row.threads), raw: row.threads },
    ...(below.length === 0
      ? []
      : [
          {
            label: 'processes below',
            value: below.map(({ pid, comm }) => `${pid} ${comm}`).join(', '),
            raw: below.map(({ pid }) => pid),
          },
        ]),
  ];
};

/** Percent of one core, of the whole tree, over a short while; a process that ends meanwhile is left out. */
const sampleCpu = async (
  pids: readonly number[],
  table: ProcessTable,
  { host, signal }: Pick<Workspace, 'host' | 'signal'>,
): Promise<number | null> => {
  const read = (): ReadonlyMap<number, number> =>
    new Map(
      pids.flatMap((pid) => {
        const row = host.processes.row(pid);
        return row === null || row.start !== table.rows.get(pid)?.start ? [] : [[pid, row.cpuTicks] as const];
      }),
    );
  const [before, began] = [read(), host.clock.monotonic()];
  await host.clock.sleep(sampling, signal);
  const [after, passed] = [read(), host.clock.monotonic() - began];
  if (after.size === 0 || passed <= 0) return null;
  let ticks = 0;
  for (const [pid, count] of after) ticks += count - (before.get(pid) ?? count);
  return Math.round((ticks / table.ticksPerSecond / (passed / 1000)) * 1000) / 10;
};
