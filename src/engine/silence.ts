import { type Endpoint, formatAddress, reachableHost } from '../model/socket.js';
import type { Workspace } from './workspace.js';

const longestLook = 1000;

/** Nobody knows what it speaks; what does not even turn down a plain question does not answer. */
export const silenceOf = async (
  endpoints: readonly Endpoint[],
  { host, signal }: Pick<Workspace, 'host' | 'signal'>,
): Promise<string | null> => {
  const [first] = endpoints;
  if (first?.kind !== 'tcp') return null;
  const url = `http://${formatAddress(reachableHost(first.host), first.port)}/`;
  const answer = await host.http.request({
    method: 'GET',
    url,
    timeout: longestLook,
    maxBytes: 65_536,
    signal,
  });
  return answer.kind === 'none' && answer.why === 'timeout'
    ? `${url} accepts connections and does not answer in time`
    : null;
};
