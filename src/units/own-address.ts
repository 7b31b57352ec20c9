import type { Probe } from '../model/probe.js';
import { type Endpoint, reachableHost } from '../model/socket.js';

/** The declared port that a probe asks, and at which address; `null`: it asks somewhere else, or no port. */
export const ownAddress = (
  probe: Probe,
  endpoints: readonly Endpoint[],
): { readonly port: number; readonly address: string } | null => {
  const asked = addressOf(probe, endpoints);
  if (asked === null) return null;
  const isOwn = endpoints.some(
    (endpoint) =>
      endpoint.kind === 'tcp' &&
      endpoint.port === asked.port &&
      (isThisMachine(asked.address) || asked.address === endpoint.host),
  );
  return isOwn ? asked : null;
};

const addressOf = (probe: Probe, [first]: readonly Endpoint[]): ReturnType<typeof ownAddress> => {
  if (probe.kind === 'tcp') return { port: Number(probe.port), address: reachableHost(probe.host) };
  if (probe.kind !== 'http') return null;
  if (probe.url.startsWith('/'))
    return first?.kind === 'tcp' ? { port: first.port, address: reachableHost(first.host) } : null;
  if (!URL.canParse(probe.url)) return null;
  const { hostname, port, protocol } = new URL(probe.url);
  return {
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    address: hostname.replace(/^\[|\]$/g, ''),
  };
};

const isThisMachine = (address: string): boolean =>
  address === 'localhost' || address === '::1' || address.startsWith('127.');
