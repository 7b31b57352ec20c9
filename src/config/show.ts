import type { Ecosystem } from './ecosystem.js';

const mask = '********';

/** A name whose value nobody should see over a shoulder. */
const secretName = /pass|pwd|secret|token|key|credential|auth|private|dsn|cookie|session|cert|salt|webhook/i;

/** `user:password@` inside an address. */
const secretInUrl = /([a-z][\w+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi;

/** The file as it is understood, as plain JSON: every default in place, every path whole. */
export const showEcosystem = (
  ecosystem: Ecosystem,
  { reveal }: { readonly reveal: boolean },
): Readonly<Record<string, unknown>> => ({
  file: ecosystem.file,
  plugins: ecosystem.plugins.map(({ specifier, options }) => ({
    specifier,
    ...(options === undefined ? {} : { options: plain(options, reveal) }),
  })),
  servers: ecosystem.servers.map((server) => plain(server, reveal)),
});

const plain = (value: unknown, reveal: boolean): unknown => {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (reveal || typeof inner !== 'string') return inner;
    if (secretName.test(key) && !ownKeys.has(key)) return mask;
    return inner.replaceAll(secretInUrl, `$1:${mask}@`);
  });
  return text === undefined ? null : (JSON.parse(text) as unknown);
};

/** Keys of a server that only sound like a secret. */
const ownKeys = new Set(['key']);
