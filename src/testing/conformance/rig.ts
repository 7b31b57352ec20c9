import type { Host } from '../../host/host.js';
import type { InstanceKey } from '../../model/key.js';
import type { Identity } from '../../model/process.js';
import type { Instance, Server } from '../../model/server.js';
import type { Detection } from '../../model/sighting.js';
import type { UnitView } from '../../model/unit-view.js';
import type { ManagementStyle, Plugin } from '../../plugin/contract.js';
import { declareServer, instanceOf } from '../declare.js';
import { createFakeContext, type FakeContext } from '../fake-context.js';
import { createFakeHost, type FakeHost, type FakeSetup, type RecordedRun } from '../fake-host.js';
import { createLook, recordedUnit } from '../fake-look.js';
import { watchChanges, type Changes } from './changes.js';
import { deepFreeze } from './freeze.js';

/** What is there once a server of the style runs. */
export type Presence = {
  /** Its main process, where the style can know it. */
  readonly main: Identity | null;
  /** It was launched by mpm-io and has a record: for launching styles that know their servers by it. */
  readonly recorded?: boolean;
};

/** How to make a server of the style exist in a fake host. */
export type ConformanceFixture = {
  /** What an ecosystem file would declare of the server; the rest are defaults. */
  readonly server: Partial<Server>;
  /** Options of the plugin itself. */
  readonly options?: unknown;
  readonly host?: FakeSetup;
  /** The server of this instance runs. Use PIDs over 4,000,000, which no real process of the test has. */
  present(host: FakeHost, instance: Instance): Presence;
  /** It does not run: never has, or, after `present`, no longer does. */
  absent(host: FakeHost, instance: Instance, presence: Presence | null): void;
  /** Does this program, run by a hook, change anything? Without it, running a program in a start or stop counts. */
  isChange?(run: RecordedRun): boolean;
};

export type ConformanceCase = { readonly name: string; run(): Promise<void> };

/** One fake system with one style on it. */
export type Rig = {
  readonly host: FakeHost;
  readonly style: ManagementStyle;
  readonly instance: Instance;
  readonly fixture: ConformanceFixture;
  readonly changes: Changes;
  makePresent(): Presence;
  makeAbsent(): void;
  context(signal?: AbortSignal): FakeContext;
  detect(signal?: AbortSignal): Promise<Detection | undefined>;
};

export const instanceFor = (
  plugin: Pick<Plugin, 'name'>,
  fixture: ConformanceFixture,
  changes: Partial<Server> = {},
  index = 0,
): Instance =>
  deepFreeze(instanceOf(declareServer({ style: plugin.name, ...fixture.server, ...changes }), index));

/** `wrap` puts a host between the style and the fake one. */
export const createRig = (
  plugin: Plugin,
  fixture: ConformanceFixture,
  wrap: (host: Host) => Host = (host) => host,
): Rig => {
  const host = createFakeHost(fixture.host ?? {});
  const changes = watchChanges(host, fixture.isChange ?? (() => true));
  const style = plugin.create(fixture.options, wrap(changes.host));
  const instance = instanceFor(plugin, fixture);
  const units = new Map<InstanceKey, UnitView>();
  let presence: Presence | null = null;
  const look = (signal = new AbortController().signal) => createLook(host, { units, signal });

  return {
    host,
    style,
    instance,
    fixture,
    changes,
    makePresent: () => {
      presence = fixture.present(host, instance);
      const { main, recorded = false } = presence;
      const spec = recorded && main !== null ? style.unit?.(instance.server, instance.index) : undefined;
      if (spec !== undefined && main !== null)
        units.set(instance.key, recordedUnit(spec, main, instance.port));
      return presence;
    },
    makeAbsent: () => {
      fixture.absent(host, instance, presence);
      units.clear();
    },
    context: (signal) =>
      createFakeContext(changes.host, look(signal), {
        launch: () => fixture.present(host, instance).main ?? host.process({ argv: ['launched'] }),
      }),
    detect: async (signal) => (await style.detect([instance], look(signal))).get(instance.key),
  };
};
