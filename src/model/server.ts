import type { InstanceKey, ServerKey } from './key.js';
import type { Command, HealthPolicy, Probe, ReadyPolicy } from './probe.js';
import type { Endpoint } from './socket.js';
import type {
  LimitPolicy,
  LogPolicy,
  PortSpec,
  RestartPolicy,
  StopPolicy,
  UnitRecord,
  WatchPolicy,
} from './unit.js';

/** What an ecosystem file declares, with every default applied and every path absolute. */
export type Server = {
  readonly key: ServerKey;
  readonly namespace: string;
  readonly name: string;
  readonly style: string;
  readonly type: 'service' | 'task';
  /** The block it stands in: `apps` keeps pm2's names and defaults. */
  readonly block: 'servers' | 'apps';
  readonly declaredIn: string | null;
  /** Relative paths of the declaration resolve against it. */
  readonly folder: string;
  /** `null`: it can be observed and stopped, not started. */
  readonly command: Command | null;
  /** The script as a path where there is one, to be checked before a start. */
  readonly script: string | null;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly envFiles: readonly string[];
  readonly filterEnv: boolean | readonly string[];
  readonly user: string | null;
  readonly umask: number | null;
  readonly nice: number | null;
  readonly instances: number;
  readonly port: PortSpec | null;
  readonly host: string | null;
  readonly socket: string | null;
  readonly stdin: boolean;
  readonly dependsOn: readonly ServerKey[];
  readonly waitFor: readonly Probe[];
  readonly ready: ReadyPolicy;
  readonly health: HealthPolicy | null;
  readonly restart: RestartPolicy;
  readonly stop: StopPolicy;
  readonly limits: LimitPolicy & { readonly nofile: number | null };
  readonly logs: LogPolicy;
  readonly watch: WatchPolicy | null;
  readonly cron: string | null;
  /** Known places of the PID file, in the order to try. May hold `{port}`, `{name}`, `{instance}`. */
  readonly pidFile: readonly string[];
  /** The program goes to the background by itself and writes `pidFile`. */
  readonly forks: boolean;
  readonly reload: 'restart' | 'overlap';
  readonly autostart: boolean;
  /** Keys of the style, as its schema left them. Frozen before a plugin sees them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Keys that are set and that only a supervisor honours, by their names in the file. */
  readonly supervisorOnly: readonly string[];
};

/** One instance of a server, as the engine hands it to a style. */
export type Instance = {
  readonly key: InstanceKey;
  readonly server: Server;
  readonly index: number;
  /** The port it has, or would get; `null` when it has none, or a range of which none is chosen yet. */
  readonly port: number | null;
  readonly endpoints: readonly Endpoint[];
  readonly record: UnitRecord | null;
};
