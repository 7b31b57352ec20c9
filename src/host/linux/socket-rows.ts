import type { Listener } from '../../model/socket.js';

/** The kernel's number for a listening socket in /proc/net/tcp. */
const listening = '0A';

/** One row of /proc/net/tcp or tcp6; `null` for the heading and for rows that are not whole. */
export const parseSocketRow = (
  line: string,
): { readonly listens: boolean; readonly row: Listener } | null => {
  const fields = line.trim().split(/\s+/);
  const [address, port] = fields[1]?.split(':') ?? [];
  if (address === undefined || port === undefined || fields.length < 10) return null;
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/.test(address)) return null;
  const decoded = decodeAddress(address);
  return {
    listens: fields[3] === listening,
    row: Object.freeze({
      ...decoded,
      port: Number.parseInt(port, 16),
      inode: Number(fields[9]),
      uid: Number(fields[7]),
    }),
  };
};

/**
 * Addresses are written as 32-bit words in the machine's byte order. An IPv4 address that is bound through an IPv6
 * socket (`::ffff:127.0.0.1`) is told as IPv4: that is how it is reached.
 */
export const decodeAddress = (hex: string): { readonly family: 4 | 6; readonly address: string } => {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap(bytesOfWord);
  if (bytes.length === 4) return { family: 4, address: bytes.join('.') };
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return { family: 4, address: bytes.slice(12).join('.') };
  return { family: 6, address: formatIPv6(bytes) };
};

const bytesOfWord = (word: string): number[] => {
  const bytes = (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  return bytes.toReversed();
};

/** As RFC 5952 writes it: the first longest run of two or more zero groups is `::`. */
const formatIPv6 = (bytes: readonly number[]): string => {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  const run = longestZeroRun(groups);
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (run.length < 2) return text(groups);
  return `${text(groups.slice(0, run.from))}::${text(groups.slice(run.from + run.length))}`;
};

const longestZeroRun = (groups: readonly number[]): { from: number; length: number } => {
  let best = { from: 0, length: 0 };
  let from = 0;
  for (let i = 0; i <= groups.length; i += 1) {
    if (groups[i] === 0) continue;
    if (i - from > best.length) best = { from, length: i - from };
    from = i + 1;
  }
  return best;
};
