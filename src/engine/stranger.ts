import type { Host } from '../host/host.js';
import type { Probe } from '../model/probe.js';
import type { Instance } from '../model/server.js';
import { type Endpoint, holdersAt } from '../model/socket.js';
import type { Look } from '../plugin/contract.js';
import { describeProcess } from '../units/describe.js';
import { ownAddress } from '../units/own-address.js';
import type { ProbeAnswer } from '../units/probe.js';
import { isExplained } from './port-facts.js';
import type { Seen } from './snapshot.js';

/** Of whom is asked. */
export type Asked = { readonly instance: Instance; readonly seen: Seen; readonly look: Look };

/**
 * An answer from its port is worth nothing while visibly somebody else sits there, and is not asked for. `null`: nobody
 * does, or it cannot be told: where a holder or the processes of the server are not visible.
 */
export const strangerOn = (
  host: Host,
  { instance, seen, look }: Asked,
  probe: Probe,
  endpoints: readonly Endpoint[],
): ProbeAnswer | null => {
  const at = ownAddress(probe, endpoints);
  if (at === null || instance.server.ready.anyOwner || seen.main === null) return null;
  const holders = holdersAt(look.listeners, at.port, at.address);
  const isStranger = (holder: (typeof holders)[number]): boolean =>
    holder.pids.length > 0 && !isExplained(holder, instance, [seen], look, host);
  if (holders.length === 0 || !holders.every(isStranger)) return null;
  const pids = [...new Set(holders.flatMap((holder) => holder.pids))];
  const who = pids.map((pid) => describeProcess(host, pid)).join(', ');
  return { pass: false, text: `port ${at.port} is held by ${who}, which is not this server` };
};
