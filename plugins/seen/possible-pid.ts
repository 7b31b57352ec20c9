/** The largest PID that Linux ever gives out (PID_MAX_LIMIT). */
const pidLimit = 4_194_304;

/** Why this cannot be the PID of a server; `null` when it can. */
export const impossiblePid = (value: unknown): string | null => {
  if (typeof value !== 'number') return `${JSON.stringify(value)?.slice(0, 60)} is no number`;
  if (!Number.isSafeInteger(value)) return `${value} is no whole number`;
  if (value < 1) return `${value} is not the number of a process`;
  if (value === 1) return '1 is init';
  if (value > pidLimit) return `${value} is larger than any PID`;
  if (value === process.pid || value === process.ppid) return `${value} is this command itself`;
  return null;
};
