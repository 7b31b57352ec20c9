import type { Server } from 'node:http';
import { newSecret, writeToken } from './token.js';
import type { Settings } from './settings.js';
import type { Token, TokenEndpoint } from './token.js';

type Offer = { readonly home: string; readonly endpoint: TokenEndpoint };

/** Every listening managed server of this process; one process has one token. */
const offers = new Map<Server, Offer>();
const secret = { text: '' };
const removals = new Set<() => void>();

/** Writes the token when the server listens; `offered` hears the outcome. The answer takes it back. */
export const offerShutdown = (
  settings: Settings,
  server: Server,
  offered: (token: Token) => void,
): (() => void) => {
  const path = settings.paths.shutdown;
  if (path === null) {
    offered({ kind: 'refused', reason: 'turned off' });
    return () => undefined;
  }
  let token: Token | null = null;
  const write = (): void => {
    const endpoint = endpointOf(server, path);
    if (endpoint === null) return;
    offers.set(server, { home: settings.home, endpoint });
    token = writeAll(settings.home);
    offered(token);
  };
  const remove = (): void => {
    offers.delete(server);
    if (token?.kind !== 'written') return;
    if (endpointsIn(settings.home).length > 0) writeAll(settings.home);
    else token.remove();
  };
  server.on('listening', write);
  onExit(remove);
  if (server.listening) write();
  return () => {
    server.off('listening', write);
    removals.delete(remove);
    if (removals.size === 0) process.off('exit', removeAll);
    remove();
  };
};

/** One listener for all: a process may manage many servers. */
const onExit = (remove: () => void): void => {
  if (removals.size === 0) process.once('exit', removeAll);
  removals.add(remove);
};

const removeAll = (): void => {
  for (const remove of removals) remove();
};

const writeAll = (home: string): Token => {
  secret.text ||= newSecret();
  return writeToken(home, endpointsIn(home), secret.text);
};

const endpointsIn = (home: string): readonly TokenEndpoint[] =>
  [...offers.values()].filter((offer) => offer.home === home).map((offer) => offer.endpoint);

const endpointOf = (server: Server, path: string): TokenEndpoint | null => {
  const address = server.address();
  if (address === null) return null;
  const rest = { tls: 'setSecureContext' in server, path };
  if (typeof address === 'string') return { port: null, host: null, socket: address, ...rest };
  return { port: address.port, host: address.address, socket: null, ...rest };
};
