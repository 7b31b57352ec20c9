import { join } from 'node:path';
import { formatAddress, reachableHost, type Host, type Identity } from 'mpm-io/plugin';

/** Where a server takes its shutdown, and the secret that opens it. */
export type Shutdown = { readonly url: string; readonly token: string };

/**
 * What a server built on `mpm-io/server` has left in the home for its owner: `tokens/<pid>.json`. It counts only for
 * the very process that wrote it, and only when nobody else could have.
 */
export const sdkShutdown = (
  home: string,
  host: Host,
  main: Identity,
  port: number | null,
): Shutdown | null => {
  const path = join(home, 'tokens', `${main.pid}.json`);
  const read = host.files.readPlain(path, 16 * 1024);
  if (read.kind !== 'text' || read.uid !== host.user.uid || (read.mode & 0o077) !== 0) return null;
  const file = parse(read.text);
  if (file === null || file.pid !== main.pid || file.start !== main.start || file.boot !== main.boot)
    return null;
  const endpoint = file.endpoints.find((item) => item.port === port) ?? file.endpoints[0];
  if (endpoint === undefined || endpoint.port === null) return null;
  const address = formatAddress(reachableHost(endpoint.host), endpoint.port);
  const scheme = endpoint.tls === true ? 'https' : 'http';
  return { url: `${scheme}://${address}${endpoint.path}`, token: file.token };
};

type TokenFile = Identity & {
  readonly token: string;
  readonly endpoints: readonly {
    readonly port: number | null;
    readonly host: string | null;
    readonly path: string;
    readonly tls?: boolean;
  }[];
};

const parse = (text: string): TokenFile | null => {
  try {
    const value = JSON.parse(text) as Partial<TokenFile> & { port?: number | null; path?: string };
    if (typeof value.token !== 'string' || typeof value.pid !== 'number') return null;
    const { port = null, path = '/shutdown' } = value;
    return { ...(value as TokenFile), endpoints: value.endpoints ?? [{ port, host: null, path }] };
  } catch {
    return null;
  }
};

/** The secret in a file that the user named: plain text, or JSON with a `token`. */
export const readToken = (path: string, host: Host): string | null => {
  const text = host.files.readText(path)?.trim();
  if (text === undefined || text === '') return null;
  if (!text.startsWith('{')) return text;
  return parse(text)?.token ?? tokenOf(text);
};

const tokenOf = (text: string): string | null => {
  try {
    const { token } = JSON.parse(text) as { readonly token?: unknown };
    return typeof token === 'string' ? token : null;
  } catch {
    return null;
  }
};
