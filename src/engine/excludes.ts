import type { Listener } from '../model/socket.js';

/** Would binding the declared address fail because of this listener? A wildcard and a specific address exclude each other. */
export const excludes = (
  { address, family }: Pick<Listener, 'address' | 'family'>,
  host: string | null,
): boolean => {
  if (isWildcard(host) || isWildcard(address)) return true;
  const wanted = host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
  return wanted.includes(address) || (family === 6 && address === `::ffff:${host}`);
};

const isWildcard = (host: string | null): boolean =>
  host === null || host === '' || host === '0.0.0.0' || host === '::';
