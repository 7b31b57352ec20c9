import type { Host, HttpRequest, SpawnRequest } from '../host/host.js';
import type { Identity } from '../model/process.js';
import { createFakeClock } from './fake/clock.js';
import { createFakeFiles } from './fake/files.js';
import { createFakeHttp } from './fake/http.js';
import { createFakeProcesses } from './fake/processes.js';
import { createFakePrograms, type RecordedRun } from './fake/programs.js';
import type {
  FakeAnswer,
  FakeFile,
  FakeListen,
  FakeProcess,
  FakeProgram,
  FakeSetup,
  FakeSpawner,
} from './fake/setup.js';
import type { SentSignal } from './fake/signals.js';
import { createFakeSockets } from './fake/sockets.js';

export type * from './fake/setup.js';
export type { RecordedRun, SentSignal };

/** A `Host` without a system: tests say what there is, and read what was done to it. */
export type FakeHost = Host & {
  /** Its own PID, which it never signals. */
  readonly ownPid: number;
  /** A process that is there. With the PID of one before it takes its place, as a reused PID does. */
  process(process: FakeProcess): Identity;
  /** Ends a process at once, whatever it ignores; its sockets close, its children go to PID 1. */
  kill(pid: number): void;
  /** What a process listens on from now on, instead of before. */
  listen(pid: number, listens: readonly FakeListen[]): void;
  /** Something that happens by itself when the clock gets there: a server binds, a process ends. */
  after(ms: number, run: () => void): void;
  /** A listener whose owner cannot be seen: another user's, or in a container. */
  foreignListener(listen: FakeListen, uid?: number): void;
  file(path: string, text: string, file?: FakeFile): void;
  /** Every write fails with this code from now on: `ENOSPC`, `EROFS`, `EACCES`; `null` ends it. */
  failWrites(code: string | null): void;
  answer(url: string, answer: FakeAnswer, socketPath?: string): void;
  /** What a one-shot program does, by its name. A shell line is run by `/bin/sh`. */
  program(name: string, behaviour: FakeProgram): void;
  /** What comes of detached spawns; by default a process with the arguments of the request. */
  spawning(spawner: FakeSpawner): void;
  /** Moves the clock and wakes who is due on the way. */
  advance(ms: number): Promise<void>;
  readonly signals: readonly SentSignal[];
  readonly requests: readonly HttpRequest[];
  readonly runs: readonly RecordedRun[];
  readonly spawns: readonly SpawnRequest[];
};

const ownPid = 900;

/** A fake system with PID 1 and the caller's own process in it. */
export const createFakeHost = (setup: FakeSetup = {}): FakeHost => {
  const { platform = 'linux', uid = 1000, name = 'tester', home = '/home/tester' } = setup;
  const { boot = 'fake-boot/1', now = 1_750_000_000_000, time = 'auto' } = setup;
  const clock = createFakeClock(now, time === 'auto');
  const processes = createFakeProcesses({ boot, bootedAt: now - 3_600_000, uid, ownPid, clock });
  const files = createFakeFiles(uid, clock);
  const isSocketFile = (path: string): boolean => files.files.stat(path)?.kind === 'socket';
  const { entries, usedPorts } = processes;
  const sockets = createFakeSockets({ entries, usedPorts, uid, isSocketFile });
  const http = createFakeHttp({ clock, stateOf: sockets.stateOf });
  const programs = createFakePrograms({ clock, processes, files, ownPid });
  processes.add({ pid: 1, argv: ['/sbin/init'], uid: 0, start: 1 });
  processes.add({ pid: ownPid, argv: ['node', 'mpm-io'] });

  return {
    platform,
    clock,
    user: { uid, name, home },
    processes: processes.processes,
    sockets: sockets.sockets,
    files: files.files,
    http: http.http,
    run: programs.run,
    spawnDetached: programs.spawnDetached,
    ownPid,
    process: processes.add,
    kill: processes.end,
    listen: processes.listen,
    after: (ms, run) => clock.at(clock.now() + ms, run),
    foreignListener: (listen, owner = 0) => sockets.addForeign(listen, owner),
    file: (path, text, file = {}) => files.add(path, text, file),
    failWrites: files.failWrites,
    answer: http.answer,
    program: programs.program,
    spawning: programs.spawning,
    advance: clock.advance,
    signals: processes.signals,
    requests: http.requests,
    runs: programs.runs,
    spawns: programs.spawns,
  };
};
