const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of `1500`, `10s`, `1.5h`, `1h30m`, `2d 4h`; `null` when it is none. A bare number is ms. */
export const parseDuration = (value: string | number): number | null => {
  if (typeof value === 'number') return isAmount(value) ? value : null;
  const text = value.trim().toLowerCase();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!/^(\d+(\.\d+)?\s*(ms|[smhdw])\s*)+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[smhdw])/g)) {
    total += Number(amount) * (units[unit ?? ''] ?? 0);
  }
  return isAmount(total) ? Math.round(total) : null;
};

const isAmount = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** For people: the two largest units. `340ms`, `3.2s`, `3m 12s`, `2d 4h`. */
export const formatDuration = (ms: number): string => {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1000) return `${whole}ms`;
  if (whole < 9950) return `${trimZero((whole / 1000).toFixed(1))}s`;
  const seconds = Math.round(whole / 1000);
  const parts: readonly [string, number][] = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3600) % 24],
    ['m', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ];
  const first = parts.findIndex(([, amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([, amount]) => amount > 0)
    .map(([unit, amount]) => `${amount}${unit}`)
    .join(' ');
};

/** For a narrow column: the largest unit alone. */
export const formatAge = (ms: number): string =>
  formatDuration(ms < 1000 ? ms : Math.floor(ms / 1000) * 1000).split(' ')[0] ?? '';

/** How far a moment lies from now: `3m 12s ago`, `in 5s`, `now`. */
export const formatRelative = (at: number, now: number): string => {
  const distance = Math.abs(now - at);
  if (distance < 1000) return 'now';
  return at < now ? `${formatDuration(distance)} ago` : `in ${formatDuration(distance)}`;
};

const sizeSuffixes = ['B', 'K', 'M', 'G', 'T', 'P'] as const;

/** Bytes of `4096`, `100K`, `1.5G`, `64MiB` (1024 each); `null` when it is none. */
export const parseSize = (value: string | number): number | null => {
  if (typeof value === 'number') return isAmount(value) ? value : null;
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgtp])?(?:i?b)?$/i.exec(value.trim());
  if (match === null) return null;
  const power = sizeSuffixes.findIndex((suffix) => suffix === (match[2] ?? 'b').toUpperCase());
  const bytes = Number(match[1]) * 1024 ** power;
  return isAmount(bytes) ? Math.round(bytes) : null;
};

/** `512B`, `48.1M`, `1.2G`: three digits or fewer, 1024 each. */
export const formatSize = (bytes: number): string => {
  let amount = Math.max(0, bytes);
  let power = 0;
  while (amount >= 1023.5 && power < sizeSuffixes.length - 1) {
    amount /= 1024;
    power += 1;
  }
  const digits = power === 0 || amount >= 99.95 ? amount.toFixed(0) : trimZero(amount.toFixed(1));
  return `${digits}${sizeSuffixes[power]}`;
};

const trimZero = (text: string): string => text.replace(/\.0$/, '');
