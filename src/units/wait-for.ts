import { mpmError } from '../model/errors/index.js';
import { parseInstanceKey } from '../model/key.js';
import { choosePort } from '../model/ports.js';
import type { UnitSpec } from '../model/unit.js';
import { endpointsOf } from '../model/unit.js';
import { fillUnit } from '../model/unit-of.js';
import type { StartOptions } from './contract.js';
import type { Keeper } from './keeper.js';
import { createProber, probeWords } from './probe.js';

const noLogs = { out: null, err: null };

/**
 * What must be there before the spawn; asked outside the lock, so that nobody else waits.
 * @throws MPM_WAIT_FOR_TIMEOUT after `ready.timeout`
 * @returns false when the caller gave up.
 */
export const awaitOthers = async (
  { host }: Keeper,
  spec: UnitSpec,
  recorded: number | null,
  options: StartOptions,
): Promise<boolean> => {
  const choice = choosePort(spec.port, parseInstanceKey(spec.key).index, recorded, new Set());
  const port = choice.kind === 'port' ? choice.port : null;
  const { waitFor, ready, launch, key } = fillUnit(spec, port);
  const deadline = host.clock.monotonic() + ready.timeout;
  for (const probe of waitFor) {
    if (probe.kind === 'message' || probe.kind === 'notify') continue; // told by a server to its keeper only
    const ask = createProber(host, probe, {
      endpoints: endpointsOf(spec, port),
      timeout: ready.probeTimeout,
      logs: noLogs,
      offset: { out: 0, err: 0 },
      startedAt: host.clock.now(),
      cwd: launch.cwd,
      env: launch.env,
    });
    options.progress(`waiting for ${probeWords(probe)}`);
    for (;;) {
      const { pass, text } = await ask(options.signal);
      if (options.signal.aborted) return false;
      if (pass) break;
      if (host.clock.monotonic() >= deadline) {
        const facts = { server: key, probe: probeWords(probe), ms: ready.timeout, last: text };
        throw mpmError('WAIT_FOR_TIMEOUT', facts);
      }
      await host.clock.sleep(Math.min(ready.interval, 200), options.signal);
    }
  }
  return !options.signal.aborted;
};
