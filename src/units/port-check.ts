import type { Host } from '../host/host.js';
import { mpmError } from '../model/errors/index.js';
import { parseInstanceKey, serverOfInstance } from '../model/key.js';
import { choosePort } from '../model/ports.js';
import type { UnitSpec } from '../model/unit.js';
import { holderWords } from './port-holder.js';
import type { StoredUnit } from './records.js';

/**
 * The port of a unit about to be spawned, free as far as the kernel tells.
 * @throws MPM_PORT_OUT_OF_RANGE, MPM_PORT_RANGE_FULL, MPM_PORT_TAKEN, MPM_PORT_DENIED, MPM_HOST_UNAVAILABLE
 */
export const findPort = async (
  host: Host,
  spec: UnitSpec,
  recorded: number | null,
  others: readonly StoredUnit[],
): Promise<number | null> => {
  const taken = new Set(others.flatMap(({ run }) => run?.port ?? []));
  if (spec.port?.kind === 'range') for (const { port } of host.sockets.listeners().rows) taken.add(port);
  for (;;) {
    const choice = choosePort(spec.port, parseInstanceKey(spec.key).index, recorded, taken);
    if (choice.kind === 'none') return null;
    if (choice.kind === 'out-of-range') {
      throw mpmError('PORT_OUT_OF_RANGE', { server: spec.key, port: choice.port });
    }
    if (choice.kind === 'full') throw mpmError('PORT_RANGE_FULL', { server: spec.key, ...choice });
    const { port, kept } = choice;
    const answer = spec.ready.anyOwner ? 'free' : await host.sockets.bindable(port, spec.host);
    if (answer === 'free' || (answer === 'taken' && isShared(spec, port, others))) return port;
    if (answer === 'taken' && !kept) taken.add(port);
    else refuse(host, spec, port, answer);
  }
};

const refuse = (
  host: Host,
  spec: UnitSpec,
  port: number,
  answer: 'taken' | 'denied' | 'no-address',
): void => {
  const server = spec.key;
  if (answer === 'denied') throw mpmError('PORT_DENIED', { server, port });
  if (answer === 'no-address') throw mpmError('HOST_UNAVAILABLE', { server, host: spec.host ?? '' });
  throw mpmError('PORT_TAKEN', { server, port, holder: holderWords(host, port) });
};

/** pm2's instances declare one port between them: how they share it is their own affair. */
const isShared = (spec: UnitSpec, port: number, others: readonly StoredUnit[]): boolean =>
  spec.pm2 &&
  others.some(
    (other) =>
      other.desired === 'up' &&
      other.run?.port === port &&
      serverOfInstance(other.spec.key) === serverOfInstance(spec.key),
  );
