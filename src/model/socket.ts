/** A listening TCP socket. */
export type Listener = {
  readonly family: 4 | 6;
  /** As text: `127.0.0.1`, `0.0.0.0`, `::`, `::1`. */
  readonly address: string;
  readonly port: number;
  readonly inode: number;
  readonly uid: number;
};

/** A listener with the processes that have it open. Empty: the owner is not visible to this user. */
export type Holder = Listener & { readonly pids: readonly number[] };

/** Every listening socket at one moment. Owners are looked up on the first question, once for all. */
export type ListenerTable = {
  readonly rows: readonly Listener[];
  holders(port: number): readonly Holder[];
};

/** Where a server is reached. `host` is what it binds or what clients call; `null` is the platform's default. */
export type Endpoint =
  | { readonly kind: 'tcp'; readonly port: number; readonly host: string | null }
  | { readonly kind: 'unix'; readonly path: string };

/** The address that reaches a listener bound to `host` from this machine. */
export const reachableHost = (host: string | null): string => {
  if (host === null || host === '' || host === '0.0.0.0' || host === 'localhost') return '127.0.0.1';
  if (host === '::') return '::1';
  return host;
};

/** `[::1]:80`, `127.0.0.1:80`. */
export const formatAddress = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/**
 * The listeners that answer a connection to `address`: the exact address, else the wildcard of its family, else the
 * dual-stack wildcard. A twin on the other loopback address is another server and is left out.
 */
export const holdersAt = (listeners: ListenerTable, port: number, address: string): readonly Holder[] => {
  const all = listeners.holders(port);
  for (const addresses of answeringAddresses(address)) {
    const found = all.filter((holder) => addresses.includes(holder.address));
    if (found.length > 0) return found;
  }
  return isLiteral(address) ? [] : all;
};

const answeringAddresses = (address: string): readonly (readonly string[])[] =>
  address.includes(':') ? [[address], ['::']] : [[address, `::ffff:${address}`], ['0.0.0.0'], ['::']];

const isLiteral = (address: string): boolean => address.includes(':') || /^[\d.]+$/.test(address);
