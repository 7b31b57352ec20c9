import type { Host } from '../host/host.js';
import { mpmError } from '../model/errors/index.js';
import type { UnitRecord } from '../model/unit.js';

/** Its PIDs mean something in another namespace of this machine, and it may well run there. */
export const isElsewhere = (host: Host, { run }: Pick<UnitRecord, 'run'>): boolean => {
  const recorded = run?.main ?? run?.helper ?? run?.waiter ?? null;
  return recorded !== null && host.processes.livesElsewhere(recorded.boot);
};

/** @throws MPM_OTHER_NAMESPACE */
export const refuseElsewhere = (host: Host, unit: Pick<UnitRecord, 'run' | 'spec'>): void => {
  if (isElsewhere(host, unit)) throw mpmError('OTHER_NAMESPACE', { server: unit.spec.key });
};
