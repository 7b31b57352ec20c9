import { ancestorsOf } from '../model/tree.js';
import type { Host } from '../host/host.js';
import { identityOf, type Identity, isAlive, type ProcessDetails } from '../model/process.js';
import type { Keeper } from './keeper.js';
import type { Launched } from './launch.js';
import { type PidFileText, readPidFile } from './pid-file.js';
import { markerName, readExitFile } from './records.js';

export type HandOver =
  | { readonly kind: 'main'; readonly main: Identity }
  /** The launcher ended with another code than 0. */
  | { readonly kind: 'failed'; readonly code: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'late'; readonly seen: string }
  | { readonly kind: 'aborted' };

const poll = 20;

/**
 * A program that goes to the background: its launcher's exit 0 is no exit, and its PID file names the server.
 * The file is a hint; the process must be one of this launch.
 */
export const awaitHandOver = async (
  keeper: Keeper,
  launched: Launched,
  deadline: number,
  signal: AbortSignal,
): Promise<HandOver> => {
  const { host, home } = keeper;
  const { unit, run, spec, helper } = launched;
  const paths = spec.main.kind === 'pidFile' ? spec.main.paths : [];
  let seen = 'its launcher still runs';
  for (;;) {
    if (signal.aborted) return { kind: 'aborted' };
    const exit = readExitFile(host, home, unit.id, run.generation);
    if (exit?.code !== null && exit !== null) {
      if (exit.code !== 0) return { kind: 'failed', code: exit.code };
      const words: string[] = [];
      for (const path of paths) {
        const found = readPidFile(host, path);
        const proof = found.pid === null ? found.words : prove(keeper, launched, found.pid, found);
        if (typeof proof !== 'string') return { kind: 'main', main: proof };
        words.push(found.pid === null ? proof : `${found.words}, ${proof}`);
      }
      seen = words.join('; ') || 'no pidFile is declared';
    } else if (helper === null || host.processes.identify(helper.pid) === null) {
      // It may have written its exit between the two reads.
      if (readExitFile(host, home, unit.id, run.generation) === null) return { kind: 'lost' };
    }
    if (host.clock.monotonic() >= deadline) return { kind: 'late', seen };
    await host.clock.sleep(poll, signal);
  }
};

const prove = (
  { host }: Keeper,
  launched: Launched,
  pid: number,
  { start, writtenAt }: PidFileText,
): Identity | string => {
  const { helper, marker, run } = launched;
  const table = host.processes.table();
  const row = table.rows.get(pid);
  if (row === undefined) return 'which is not alive';
  if (!isAlive(row)) return 'which is dead and not yet buried (a zombie)';
  if (start !== null && start !== row.start)
    return 'but its start time is another: the PID was given to somebody else';
  if (pid === process.pid || pid === helper?.pid) return 'which is not a server';
  if (helper !== null && row.start < helper.start) return 'which was running before this start';
  const details = host.processes.details(pid);
  const own =
    details?.environment?.[markerName] === marker ||
    (details?.environment === null && host.processes.withEnvironment(markerName, marker).includes(pid)) ||
    (helper !== null && row.session === helper.pid) ||
    (helper !== null && ancestorsOf(table, pid).some((above) => above.pid === helper.pid)) ||
    (writtenAt >= run.startedAt - slackMs && details !== null && isNameless(launched, details, host));
  return own ? identityOf(table, row) : 'which this start did not spawn';
};

/** Clocks of file systems are coarse. */
const slackMs = 20;

/**
 * A daemon that writes its title over its environment (nginx, PostgreSQL) carries no marker any more. Then it must
 * be run by the user that it was launched as, where it was launched or at the root; that its PID file was written
 * during this start, and by whom, has been seen.
 */
const isNameless = ({ spec }: Launched, details: ProcessDetails, host: Host): boolean => {
  const blank = details.environment === null || Object.keys(details.environment).length === 0;
  const { user, cwd } = spec.launch;
  return blank && user === null && details.uid === host.user.uid && [cwd, '/'].includes(details.cwd ?? '');
};
