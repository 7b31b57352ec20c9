import type { InstanceKey } from '../model/key.js';
import type { Instance } from '../model/server.js';
import type { UnitView } from '../model/unit-view.js';
import type { Look } from '../plugin/contract.js';

/** The record of this very instance. A record of another file is not it, however equal its key. */
export const ownUnit = ({ key, server }: Instance, look: Look): UnitView | null => {
  const unit = look.units.get(key);
  return unit !== undefined && unit.record.spec.declaredIn === server.declaredIn ? unit : null;
};

/**
 * The look that a style gets for these instances, with the hook's own signal: under their keys it shows their own
 * records alone. Styles look units up by key, and would take the `web` of another project for the one they are asked about.
 */
export const lookFor = (instances: readonly Instance[], look: Look, signal: AbortSignal): Look => {
  let units: Look['units'] | undefined;
  return Object.create(look, {
    signal: { value: signal, enumerable: true },
    units: { get: () => (units ??= ownUnits(instances, look)), enumerable: true },
  }) as Look;
};

const ownUnits = (instances: readonly Instance[], look: Look): Look['units'] => {
  const foreign = new Set<InstanceKey>(
    instances
      .filter((instance) => look.units.has(instance.key) && ownUnit(instance, look) === null)
      .map(({ key }) => key),
  );
  return foreign.size === 0 ? look.units : new Map([...look.units].filter(([key]) => !foreign.has(key)));
};

/** The same instance of the same file; the objects may be of two looks. */
export const sameInstance = (a: Instance, b: Instance): boolean =>
  a.key === b.key && a.server.declaredIn === b.server.declaredIn;

/** Groups in which every key stands once: what is asked and answered by key stays unambiguous. */
export const withoutTwins = (instances: readonly Instance[]): readonly (readonly Instance[])[] => {
  const groups: Map<InstanceKey, Instance>[] = [];
  for (const instance of instances) {
    const group = groups.find((candidates) => !candidates.has(instance.key));
    if (group === undefined) groups.push(new Map([[instance.key, instance]]));
    else group.set(instance.key, instance);
  }
  return groups.map((group) => [...group.values()]);
};
