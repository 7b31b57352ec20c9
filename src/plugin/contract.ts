import type { Host } from '../host/host.js';
import type { InstanceKey } from '../model/key.js';
import type { Identity, ProcessRow, ProcessTable } from '../model/process.js';
import type { Instance, Server } from '../model/server.js';
import type { Detections, Discovery, Sighting } from '../model/sighting.js';
import type { ListenerTable } from '../model/socket.js';
import type { UnitSpec } from '../model/unit.js';
import type { UnitView } from '../model/unit-view.js';
import type {
  HaltTarget,
  Progress,
  StartOptions,
  StartOutcome,
  StopOptions,
  StopOutcome,
  Units,
} from '../units/contract.js';

export const apiVersion = 1;

/**
 * What one command sees: taken once, lazily, frozen, shared by every style. Reading `processes` twice is one pass over /proc.
 */
export type Look = {
  readonly home: string;
  readonly processes: ProcessTable;
  readonly listeners: ListenerTable;
  /** Every recorded unit, held against the process table. */
  readonly units: ReadonlyMap<InstanceKey, UnitView>;
  /** Fires when the answer is no longer wanted. */
  readonly signal: AbortSignal;
};

/** What a changing hook may use. */
export type Context = {
  readonly look: Look;
  /** The only way for a launching style to start, stop and forget what it launches. */
  readonly units: Units;
  readonly start: StartOptions;
  readonly stop: StopOptions;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Stops a process that has no record: its tree, rung by rung, identity checked before every signal, judged by process and port. */
  halt(target: HaltTarget): Promise<StopOutcome>;
};

/** A label and a value for people; `raw` is what `--json` shows. */
export type InfoLine = { readonly label: string; readonly value: string; readonly raw?: unknown };

/** What a style implements. A missing optional method means: this style cannot. */
export type ManagementStyle = {
  /** All instances of the style at once: one query per style, not one per server. Changes nothing; `unavailable` when it cannot look. */
  detect(instances: readonly Instance[], look: Look): Promise<Detections>;
  /** Running already: succeeds and changes nothing. */
  start(instance: Instance, context: Context): Promise<StartOutcome>;
  /** Stops what was seen: an identity that has changed is refused, never signalled. Gone already: succeeds. */
  stop(instance: Instance, sighting: Sighting, context: Context): Promise<StopOutcome>;
  info(instance: Instance, sighting: Sighting, context: Context): Promise<readonly InfoLine[]>;
  /** Is this one process of your style, declared or not? Its own endpoints only: do not look at its parents. */
  recognize?(process: ProcessRow, look: Look): Promise<Discovery | null>;
  /** Servers of your style that nobody declared. */
  discover?(look: Look): Promise<readonly Discovery[]>;
  /** Pure; launching styles only: the plain data from which the instance is launched. */
  unit?(server: Server, index: number): UnitSpec;
};

/**
 * The standard schema interface, version 1 (standardschema.dev): zod, valibot, arktype and others implement it.
 * Declared here so that the contract depends on none of them.
 */
export type StandardSchema<Output = unknown> = {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
};

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** The default export of a plugin's module. */
export type Plugin<Options = unknown, ServerOptions = unknown> = {
  /** The style's name, as `style` in an ecosystem file. */
  readonly name: string;
  /** Must equal `apiVersion` of the mpm-io that loads it. */
  readonly apiVersion: number;
  /** `many`: any number of instances; `one`: a single one; `own`: the manager behind it counts them. */
  readonly instances: 'many' | 'one' | 'own';
  /** Of the plugin itself: `"plugins": [["./mine.js", {…}]]`. Without a schema it takes none. */
  readonly options?: StandardSchema<Options>;
  /** The style's own keys of a server. Without a schema it has none. */
  readonly serverOptions?: StandardSchema<ServerOptions>;
  create(options: Options, host: Host): ManagementStyle;
};

/** Types a plugin; does nothing at run time. */
export const definePlugin = <Options = undefined, ServerOptions = undefined>(
  plugin: Plugin<Options, ServerOptions>,
): Plugin<Options, ServerOptions> => plugin;

export type { Identity };
