import { displayServer } from '../key.js';
import { shellWord } from '../shell-word.js';
import type { ErrorFamily } from './entry.js';

export const unitErrors = {
  HOME_UNSAFE: (f: { path: string; why: string }) => ({
    message: `The home ${f.path} is not safe to use: ${f.why}.`,
    hint: 'Give another folder: MPM_IO_HOME=DIR mpm-io status',
    exit: 2,
  }),
  HOME_UNWRITABLE: (f: { path: string; why: string }) => ({
    message: `Nothing can be written in the home ${f.path}: ${f.why}.`,
    hint: 'Make it writable, or give another folder: MPM_IO_HOME=DIR mpm-io status',
    exit: 1,
  }),
  HOME_LOCKED: (f: { path: string; holder: string; ms: number }) => ({
    message: `The home ${f.path} has been locked by ${f.holder} for ${f.ms} ms.`,
    hint: 'Wait for that command to end, or end it; the lock goes with it.',
    exit: 1,
  }),
  KEY_TAKEN: (f: { server: string; recordedFrom: string | null; declaredIn: string | null }) => ({
    message: `${displayServer(f.server)} is recorded from ${f.recordedFrom ?? 'an ad hoc start'}, not from ${f.declaredIn ?? 'an ad hoc start'}.`,
    hint:
      f.declaredIn === null
        ? 'Give it another name.'
        : `Give it a "namespace" of its own in ${f.declaredIn}, then: mpm-io start all --config ${shellWord(f.declaredIn)}`,
    exit: 1,
  }),
  STOP_PENDING: (f: { server: string; pid: number }) => ({
    message: `${displayServer(f.server)} is wanted down and still alive (PID ${f.pid}).`,
    hint: `End it first: mpm-io stop ${shellWord(displayServer(f.server))} --force`,
    exit: 1,
  }),
  START_PENDING: (f: { server: string; ms: number }) => ({
    message: `${displayServer(f.server)} is being started by another command, which had no process of it within ${f.ms} ms.`,
    hint: `See how far it is: mpm-io status ${shellWord(displayServer(f.server))}`,
    exit: 1,
  }),
  UNIT_LOST: (f: { server: string; pid: number }) => ({
    message: `${displayServer(f.server)} runs already (PID ${f.pid}), and its record is lost.`,
    hint: `End it first: mpm-io stop --pid ${f.pid} --force`,
    exit: 1,
  }),
  OTHER_NAMESPACE: (f: { server: string }) => ({
    message: `${displayServer(f.server)} was started in another PID namespace, which is alive and cannot be judged from here.`,
    hint: 'Run the same command in that namespace.',
    exit: 1,
  }),
  CWD_MISSING: (f: { server: string; cwd: string }) => ({
    message: `The working directory of ${displayServer(f.server)} does not exist: ${f.cwd}`,
    hint: `Make it: mkdir -p ${shellWord(f.cwd)}`,
    exit: 1,
  }),
  SCRIPT_MISSING: (f: { server: string; path: string; declaredIn?: string | null }) => ({
    message: `The script of ${displayServer(f.server)} does not exist: ${f.path}`,
    hint: `Correct "script" or "cwd" in ${f.declaredIn ?? 'the ecosystem file'}.`,
    exit: 1,
  }),
  PROGRAM_MISSING: (f: { server: string; program: string; path: string }) => ({
    message: `The program ${f.program} of ${displayServer(f.server)} is not installed, or not in its PATH (${f.path}).`,
    hint: `Install ${f.program}, or name it by its whole path.`,
    exit: 1,
  }),
  PROGRAM_NOT_EXECUTABLE: (f: { server: string; path: string }) => ({
    message: `${f.path} of ${displayServer(f.server)} may not be executed.`,
    hint: `Allow it: chmod +x ${shellWord(f.path)}`,
    exit: 1,
  }),
  PROGRAM_IS_FOLDER: (f: { server: string; path: string }) => ({
    message: `${f.path} of ${displayServer(f.server)} is a folder, and no program.`,
    hint: 'Correct "command" or "script" in the ecosystem file.',
    exit: 1,
  }),
  ENV_FILE_MISSING: (f: { server: string; path: string }) => ({
    message: `The envFile of ${displayServer(f.server)} does not exist: ${f.path}`,
    hint: 'Write it, or correct envFile in the ecosystem file.',
    exit: 1,
  }),
  ENV_FILE_UNREADABLE: (f: { server: string; path: string; why: string }) => ({
    message: `The envFile of ${displayServer(f.server)} cannot be used: ${f.path}: ${f.why}.`,
    hint: 'Correct envFile in the ecosystem file.',
    exit: 1,
  }),
  USER_UNKNOWN: (f: { server: string; user: string }) => ({
    message: `There is no user ${f.user} to run ${displayServer(f.server)}.`,
    hint: 'Correct user in the ecosystem file.',
    exit: 1,
  }),
  USER_REFUSED: (f: { server: string; user: string; why: string }) => ({
    message: `${displayServer(f.server)} cannot be run as ${f.user}: ${f.why}.`,
    hint: 'Run mpm-io as root, or as that user and without user in the ecosystem file.',
    exit: 1,
  }),
  PORT_OUT_OF_RANGE: (f: { server: string; port: number }) => ({
    message: `${displayServer(f.server)} would get the port ${f.port}; ports are 1 to 65535.`,
    hint: 'Lower port or instances in the ecosystem file.',
    exit: 2,
  }),
  PORT_RANGE_FULL: (f: { server: string; from: number; to: number }) => ({
    message: `No port from ${f.from} to ${f.to} is free for ${displayServer(f.server)}.`,
    hint: `Widen the range, or see who holds them: mpm-io diagnose --port ${f.from}`,
    exit: 1,
  }),
  PORT_TAKEN: (f: { server: string; port: number; holder: string }) => ({
    message: `Port ${f.port} of ${displayServer(f.server)} is taken: ${f.holder}.`,
    hint: `See what it is and how to end it: mpm-io diagnose --port ${f.port}`,
    exit: 1,
  }),
  PORT_DENIED: (f: { server: string; port: number }) => ({
    message: `This user may not listen on port ${f.port}, which ${displayServer(f.server)} declares.`,
    hint: 'Ports below 1024 are for root: declare a higher one, or run as root.',
    exit: 1,
  }),
  HOST_UNAVAILABLE: (f: { server: string; host: string }) => ({
    message: `${displayServer(f.server)} cannot listen on ${f.host}: this machine has no such address.`,
    hint: 'Correct host in the ecosystem file.',
    exit: 1,
  }),
  SPAWN_FAILED: (f: { server: string; cause: string }) => ({
    message: `${displayServer(f.server)} could not be spawned: ${f.cause}`,
    hint: 'Correct what is named, then start it again.',
    exit: 1,
  }),
  WAIT_FOR_TIMEOUT: (f: { server: string; probe: string; ms: number; last: string }) => ({
    message: `${displayServer(f.server)} was not started: ${f.probe} did not pass within ${f.ms} ms (${f.last}).`,
    hint: 'Start what it waits for first.',
    exit: 1,
  }),
  EXITED_EARLY: (f: { server: string; words: string; cause: string | null; remedy: string | null }) => ({
    message: `${displayServer(f.server)} ${f.words} before it was ready${f.cause === null ? '' : `: ${f.cause}`}.`,
    hint: f.remedy ?? `See what it wrote: mpm-io logs ${shellWord(displayServer(f.server))}`,
    exit: 1,
  }),
  TASK_FAILED: (f: { server: string; words: string; cause: string | null; remedy: string | null }) => ({
    message: `The task ${displayServer(f.server)} ${f.words}${f.cause === null ? '' : `: ${f.cause}`}.`,
    hint: f.remedy ?? `See what it wrote: mpm-io logs ${shellWord(displayServer(f.server))}`,
    exit: 1,
  }),
  READY_TIMEOUT: (f: { server: string; ms: number; expected: string; seen: string; stopped: string }) => ({
    message: `${displayServer(f.server)} was not ready within ${f.ms} ms: expected ${f.expected}, ${f.seen}. ${f.stopped}`,
    hint: 'Correct ready or port in the ecosystem file, or raise ready.timeout.',
    exit: 1,
  }),
  PID_FILE_USELESS: (f: { server: string; seen: string; ms: number }) => ({
    message: `${displayServer(f.server)} went to the background, and within ${f.ms} ms no PID file named its process: ${f.seen}.`,
    hint: 'Correct pidFile in the ecosystem file, or set forks to false.',
    exit: 1,
  }),
} satisfies ErrorFamily;
