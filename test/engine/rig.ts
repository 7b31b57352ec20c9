import {
  allInstances,
  lookAt,
  takeSnapshot,
  type SnapshotOptions,
  type Workspace,
} from '../../src/engine/workspace.js';
import { createSay } from '../../src/engine/say.js';
import type { Observation, Snapshot } from '../../src/engine/snapshot.js';
import type { Identity } from '../../src/model/process.js';
import type { Instance, Server } from '../../src/model/server.js';
import type { Detection, Sighting } from '../../src/model/sighting.js';
import type { UnitRecord } from '../../src/model/unit.js';
import type { UnitView } from '../../src/model/unit-view.js';
import { unitOf } from '../../src/model/unit-of.js';
import type { Look, ManagementStyle } from '../../src/plugin/contract.js';
import type { Styles } from '../../src/plugin/load.js';
import {
  createFakeContext,
  createFakeHost,
  createLook,
  declareServer,
  recordedUnit,
  type FakeHost,
} from '../../src/testing/index.js';
import type { StopOutcome, Units } from '../../src/units/contract.js';

export const file = '/srv/app/ecosystem.json';
export const say = createSay('mpm-io', []);

export const absent: Detection = { seen: 'absent', evidence: [{ source: 'test', text: 'nothing is there' }] };

export type Detect = (instance: Instance, look: Look) => Detection | Promise<Detection>;

/** A style that answers per instance; without words it reports what is recorded, and nothing else. */
export const style = (detect: Detect = recordOnly, more: Partial<ManagementStyle> = {}): ManagementStyle => ({
  detect: async (instances, look) =>
    new Map(
      await Promise.all(
        instances.map(async (instance) => [instance.key, await detect(instance, look)] as const),
      ),
    ),
  start: async () => ({ kind: 'spawned', main: null, port: null }),
  stop: async () => stopped('stopped'),
  info: async () => [],
  ...more,
});

export const recordOnly = ({ key }: Instance, look: Look): Detection => {
  const sighting = look.units.get(key)?.sighting ?? null;
  return sighting === null ? absent : running(sighting);
};

export const running = (first: Sighting, ...rest: readonly Sighting[]): Detection => ({
  seen: 'running',
  sightings: [first, ...rest],
});

export const witness = (main: Identity | null, more: Partial<Sighting> = {}): Sighting => ({
  role: 'witness',
  manager: null,
  phase: 'running',
  ready: true,
  main,
  endpoints: [],
  proven: true,
  evidence: [{ source: 'health', text: 'it answered' }],
  ...more,
});

export const tcp = (port: number, host: string | null = null) => ({ kind: 'tcp' as const, port, host });

export const fixed = (port: number) => ({ kind: 'fixed' as const, port, spread: true });

export const server = (name: string, more: Partial<Server> = {}): Server =>
  declareServer({ style: 'supervised', name, key: `${more.namespace ?? 'default'}/${name}`, ...more });

/** The record of a server that runs as `main`. */
export const recorded = (declared: Server, main: Identity, port: number | null = null, index = 0): UnitView =>
  recordedUnit(unitOf(declared, index), main, port);

/** A record whose process is gone. */
export const ended = (
  declared: Server,
  state: 'failed' | 'done' | 'stopped',
  reason: string,
  record: Partial<UnitRecord> = {},
): UnitView => {
  const view = recorded(declared, { pid: 4_000_000, start: 1, boot: 'fake-boot/1' });
  return {
    ...view,
    record: { ...view.record, ...record },
    state,
    main: null,
    sighting: null,
    reason,
  };
};

export const stopped = (kind: StopOutcome['kind'], more: Partial<StopOutcome> = {}): StopOutcome => ({
  kind,
  attempts: [{ what: 'SIGTERM', outcome: kind, ms: 1 }],
  survivors: [],
  spared: [],
  message: null,
  ...more,
});

export type World = {
  readonly host?: FakeHost;
  readonly servers?: readonly Server[];
  readonly styles?: Readonly<Record<string, ManagementStyle>>;
  readonly records?: readonly UnitView[];
  readonly file?: string | null;
  readonly units?: Partial<Units>;
  readonly signal?: AbortSignal;
};

export const workspaceOf = (world: World): Workspace => {
  const { host = createFakeHost(), servers = [], styles = { supervised: style() }, records = [] } = world;
  const loaded: Styles = new Map(
    Object.entries(styles).map(([name, one]) => [
      name,
      {
        plugin: { name, apiVersion: 1, instances: 'many', create: () => one },
        style: one,
        source: 'test',
      },
    ]),
  );
  const declaredIn = world.file === undefined ? file : world.file;
  return {
    host,
    home: '/home/tester/.mpm-io',
    ecosystem: { file: declaredIn, folder: '/srv/app', servers, plugins: [], warnings: [], keys: [] },
    styles: loaded,
    units: { ...createFakeContext(host, createLook(host)).units, ...world.units },
    readUnits: () => new Map(records.map((view) => [view.record.spec.key, view])),
    say,
    environment: {},
    signal: world.signal ?? new AbortController().signal,
  };
};

export const snapshotOf = async (world: World, options?: SnapshotOptions): Promise<Snapshot> => {
  const workspace = workspaceOf(world);
  const look = lookAt(workspace);
  return takeSnapshot(workspace, look, allInstances(workspace, look, false), options);
};

export const only = <T>(items: readonly T[]): T => {
  const [first] = items;
  if (first === undefined || items.length !== 1) throw new Error(`expected one, got ${items.length}`);
  return first;
};

export const observationOf = async (world: World): Promise<Observation> =>
  only((await snapshotOf(world)).observations);
