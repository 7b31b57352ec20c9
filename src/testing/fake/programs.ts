import type { Clock, Host, RunOptions, RunResult, SpawnRequest } from '../../host/host.js';
import type { Command } from '../../model/probe.js';
import type { FakeFiles } from './files.js';
import type { FakeProcesses } from './processes.js';
import type { FakeProcess, FakeProgram, FakeRun, FakeSpawner } from './setup.js';

export type RecordedRun = { readonly argv: readonly string[]; readonly options: RunOptions };

export type FakePrograms = Pick<Host, 'run' | 'spawnDetached'> & {
  readonly runs: RecordedRun[];
  readonly spawns: SpawnRequest[];
  readonly program: (name: string, behaviour: FakeProgram) => void;
  readonly spawning: (spawner: FakeSpawner) => void;
};

type Options = {
  readonly clock: Clock;
  readonly processes: FakeProcesses;
  readonly files: FakeFiles;
  readonly ownPid: number;
};

/** Programs that are run or spawned, as scripted; what is not scripted is missing, or simply lives. */
export const createFakePrograms = ({ clock, processes, files, ownPid }: Options): FakePrograms => {
  const programs = new Map<string, FakeProgram>();
  const runs: RecordedRun[] = [];
  const spawns: SpawnRequest[] = [];
  let spawner: FakeSpawner = () => ({});

  const run = async (command: Command, options: RunOptions): Promise<RunResult> => {
    const argv = 'shell' in command ? ['/bin/sh', '-c', command.shell] : command.argv;
    runs.push({ argv, options });
    const behaviour = findProgram(programs, argv[0] ?? '') ?? 'missing';
    const outcome = typeof behaviour === 'function' ? await behaviour(argv, options) : behaviour;
    if (outcome === 'hang') return hang(clock, options);
    return resultOf(outcome, argv[0] ?? '');
  };
  const spawnDetached: Host['spawnDetached'] = async (request) => {
    spawns.push(request);
    const outcome = spawner(request);
    if (outcome.code !== undefined) return { kind: 'failed', code: outcome.code, text: outcome.text };
    for (const path of request.outputs) {
      if (path !== null && files.files.stat(path) === null) files.add(path, '', { mode: 0o600 });
    }
    const { argv, cwd, env } = request;
    const { pid } = processes.add({ argv, cwd, env, ppid: ownPid, ...(outcome satisfies FakeProcess) });
    return { kind: 'spawned', pid };
  };
  return {
    run,
    spawnDetached,
    runs,
    spawns,
    program: (name, behaviour) => {
      programs.set(name, behaviour);
    },
    spawning: (next) => {
      spawner = next;
    },
  };
};

/** By the whole name, or by the last part of a path. */
const findProgram = (programs: ReadonlyMap<string, FakeProgram>, name: string): FakeProgram | undefined =>
  programs.get(name) ?? programs.get(name.split('/').at(-1) ?? '');

const hang = async (clock: Clock, options: RunOptions): Promise<RunResult> => {
  await clock.sleep(options.timeout, options.signal);
  const timedOut = options.signal?.aborted !== true;
  return { kind: 'killed', signal: 'SIGKILL', timedOut, stdout: '', stderr: '' };
};

const resultOf = (outcome: Exclude<FakeRun, 'hang'>, program: string): RunResult => {
  if (outcome === 'missing') return { kind: 'missing', text: `spawn ${program} ENOENT` };
  if ('kind' in outcome) return outcome;
  const { code = 0, stdout = '', stderr = '' } = outcome;
  return { kind: 'exited', code, stdout, stderr };
};
