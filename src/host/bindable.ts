import { localAddresses } from './local-addresses.js';

export type Bindable = 'free' | 'taken' | 'denied' | 'no-address';

/**
 * Asks the kernel, since a table cannot tell what other users, containers and namespaces hold. Without a host both
 * families count: a server on `::1` alone does not refuse 127.0.0.1, and clients would reach one or the other.
 */
export const isBindable = async (port: number, host: string | null): Promise<Bindable> => {
  const hosts = host === null || host === '' ? ['0.0.0.0', '::'] : localAddresses(host);
  const answers: Bindable[] = [];
  for (const address of hosts) answers.push(await tryBind(port, address));
  if (answers.includes('taken')) return 'taken';
  if (answers.includes('denied')) return 'denied';
  return answers.includes('free') ? 'free' : 'no-address';
};

const tryBind = async (port: number, host: string): Promise<Bindable> => {
  const { createServer } = await import('node:net');
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      const answer = answers.get(error.code ?? '');
      if (answer === undefined) reject(error);
      else resolve(answer);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => resolve('free'));
    });
  });
};

/** IPv6 switched off answers EAFNOSUPPORT or EADDRNOTAVAIL; a name that resolves to nothing, ENOTFOUND. */
const answers: ReadonlyMap<string, Bindable> = new Map([
  ['EADDRINUSE', 'taken'],
  ['EACCES', 'denied'],
  ['EPERM', 'denied'],
  ['EADDRNOTAVAIL', 'no-address'],
  ['EAFNOSUPPORT', 'no-address'],
  ['EINVAL', 'no-address'],
  ['ENOTFOUND', 'no-address'],
  ['EAI_AGAIN', 'no-address'],
]);
