/** `localhost` is not asked of any resolver: it is these two, in this order. */
export const localAddresses = (host: string): readonly string[] =>
  host.toLowerCase() === 'localhost' ? ['127.0.0.1', '::1'] : [host];
