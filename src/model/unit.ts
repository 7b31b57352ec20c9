import type { InstanceKey } from './key.js';
import type { Command, HealthPolicy, Probe, ReadyPolicy } from './probe.js';
import type { Endpoint } from './socket.js';

/** The text that stands for the port until it is known. */
export const portPlaceholder = '{port}';

/** A fixed port (instance i gets port + i when `spread`), or a range of which the lowest free one is taken. */
export type PortSpec =
  | { readonly kind: 'fixed'; readonly port: number; readonly spread: boolean }
  | { readonly kind: 'range'; readonly from: number; readonly to: number };

export type Launch = {
  readonly command: Command;
  readonly cwd: string;
  /** Declared variables; they win over `envFiles`, which win over the recorded environment of the caller. */
  readonly env: Readonly<Record<string, string>>;
  /** Read again at each start. */
  readonly envFiles: readonly string[];
  /** Names (pm2: parts of names) of inherited variables to leave out; `true`: inherit nothing. */
  readonly filterEnv: boolean | readonly string[];
  readonly user: string | null;
  readonly umask: number | null;
  readonly nice: number | null;
  readonly nofile: number | null;
};

/** Which process is *the* process: the launched one, or the one a daemon wrote into its PID file. */
export type MainProcess =
  { readonly kind: 'self' } | { readonly kind: 'pidFile'; readonly paths: readonly string[] };

/** One rung of a stop. Each waits at most `wait` ms for the whole tree and the ports to be gone. */
export type StopStep =
  | {
      readonly kind: 'http';
      readonly method: string;
      readonly url: string;
      readonly wait: number;
      readonly token?: string;
    }
  | { readonly kind: 'message'; readonly wait: number }
  | { readonly kind: 'exec'; readonly command: Command; readonly wait: number }
  | { readonly kind: 'signal'; readonly signal: string; readonly to: 'main' | 'tree'; readonly wait: number };

export type StopPolicy = {
  /** The rungs before the last one, which is always SIGKILL to what is left. */
  readonly steps: readonly StopStep[];
  /** Processes that the main one left behind are not ours to end. */
  readonly leaveTree: boolean;
};

export type RestartPolicy = {
  readonly policy: 'always' | 'on-failure' | 'never';
  readonly maxRestarts: number;
  readonly window: number;
  readonly minUptime: number;
  readonly backoff: {
    readonly first: number;
    readonly min: number;
    readonly max: number;
    readonly factor: number;
  };
  /** Exit codes that count as a clean end. */
  readonly exitCodes: readonly number[];
};

export type LogPolicy = {
  /** `null`: the default file in the home; `/dev/null`: none. */
  readonly out: string | null;
  readonly err: string | null;
  readonly combined: string | null;
  /** All instances write one file. */
  readonly merge: boolean;
  readonly json: boolean;
  readonly timestamps: boolean | string;
  readonly maxSize: number | null;
  readonly maxAge: number | null;
  readonly keep: number;
};

export type LimitPolicy = { readonly memory: number | null };

export type WatchPolicy = {
  readonly paths: readonly string[];
  readonly ignore: readonly string[];
  readonly delay: number;
  readonly extensions: readonly string[];
};

/**
 * Everything needed to keep one instance of a server alive, as plain JSON: no plugin is asked again.
 * A launching style makes it from a server (`unit`); the launcher, later the supervisor, executes it alone.
 * Texts may hold `{port}`, `{host}`, `{name}`, `{instance}` until `fillUnit` fills them.
 */
export type UnitSpec = {
  readonly key: InstanceKey;
  readonly style: string;
  readonly type: 'service' | 'task';
  /** The ecosystem file, or `null` for an ad hoc start. */
  readonly declaredIn: string | null;
  readonly launch: Launch;
  readonly main: MainProcess;
  /** Written by us, atomically, once the main process is known; removed when it has ended. */
  readonly writePidFile: { readonly path: string; readonly format: 'number' | 'json' } | null;
  readonly port: PortSpec | null;
  readonly host: string | null;
  /** A unix socket the server listens on. */
  readonly socket: string | null;
  readonly ready: ReadyPolicy;
  readonly health: HealthPolicy | null;
  readonly stop: StopPolicy;
  readonly restart: RestartPolicy;
  readonly limits: LimitPolicy;
  readonly cron: string | null;
  readonly watch: WatchPolicy | null;
  readonly logs: LogPolicy;
  readonly stdin: boolean;
  /** Probes that must pass before the spawn. */
  readonly waitFor: readonly Probe[];
  readonly reload: 'restart' | 'overlap';
  readonly autostart: boolean;
  /** Under pm2's `apps`: names and defaults of pm2 are kept. */
  readonly pm2: boolean;
};

/** What was decided about a unit when it was last spawned. */
export type UnitRun = {
  readonly generation: number;
  /** The server's main process; `null` between the record of the generation and the spawn. */
  readonly main: Identified | null;
  /** The `/bin/sh` above it that writes its exit. Never a server, never signalled. */
  readonly helper: Identified | null;
  readonly port: number | null;
  readonly startedAt: number;
  readonly readyAt: number | null;
  /** Who still waits for it to be ready; gone or absent: nobody. */
  readonly waiter?: Identified | null;
  /** Of the spec it was spawned from. */
  readonly specHash: string;
  /** Bytes in the log files when this generation began. */
  readonly logOffset: { readonly out: number; readonly err: number };
};

type Identified = { readonly pid: number; readonly start: number; readonly boot: string };

export type StopReason = 'asked' | 'exited' | 'reboot' | 'interrupted' | 'start-failed' | 'restart';

/** How the last process of a unit ended. `code` and `signal` are null when nobody saw it. */
export type ExitFact = {
  readonly generation: number;
  /** 129 to 159 are told as `signal N, or exit by that number`: a shell cannot tell them apart. */
  readonly code: number | null;
  /** Epoch, ms. */
  readonly at: number;
  readonly observed: boolean;
};

/** One unit as it stands in the home. */
export type UnitRecord = {
  readonly id: number;
  readonly spec: UnitSpec;
  readonly desired: 'up' | 'down';
  /** Why it is down, or why its last start failed. */
  readonly reason: StopReason | null;
  readonly message: string | null;
  /** The chosen `--env NAME`. */
  readonly envName: string | null;
  readonly run: UnitRun | null;
  readonly lastExit: ExitFact | null;
  readonly restarts: number;
};

/** The endpoints of one instance once its port is known. */
export const endpointsOf = (
  spec: Pick<UnitSpec, 'host' | 'socket'>,
  port: number | null,
): readonly Endpoint[] => [
  ...(port === null ? [] : [{ kind: 'tcp' as const, port, host: spec.host }]),
  ...(spec.socket === null ? [] : [{ kind: 'unix' as const, path: spec.socket }]),
];
