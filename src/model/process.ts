/**
 * One process, told apart from every other that ever had or will have its PID.
 * A PID alone is never an identity: numbers are reused, also across reboots and PID namespaces.
 */
export type Identity = {
  readonly pid: number;
  /** When the kernel started it: clock ticks since boot (field 22 of /proc/PID/stat); where there is no /proc, seconds since the epoch. */
  readonly start: number;
  /** Boot id and PID namespace, as `<boot id>/<namespace inode>`. */
  readonly boot: string;
};

export const sameIdentity = (a: Identity, b: Identity): boolean =>
  a.pid === b.pid && a.start === b.start && a.boot === b.boot;

/** What one pass over the process table tells of one process. */
export type ProcessRow = {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly session: number;
  /** The kernel's letter: R S D T t Z X I. */
  readonly state: string;
  readonly start: number;
  /** Short name as the kernel keeps it, at most 15 bytes; may hold any character. */
  readonly comm: string;
  /** User and system time, in clock ticks. */
  readonly cpuTicks: number;
  readonly rssBytes: number;
  readonly threads: number;
};

/** What is read of one process only when somebody asks. `null` means: not visible to this user. */
export type ProcessDetails = {
  readonly argv: readonly string[];
  readonly uid: number | null;
  readonly cwd: string | null;
  readonly exe: string | null;
  readonly environment: Readonly<Record<string, string>> | null;
  readonly cgroup: string | null;
};

/** Every process at one moment. */
export type ProcessTable = {
  readonly boot: string;
  /** Epoch, ms. */
  readonly takenAt: number;
  /** Epoch, ms, of the moment whose start is 0. */
  readonly bootedAt: number;
  readonly ticksPerSecond: number;
  readonly rows: ReadonlyMap<number, ProcessRow>;
};

/** A zombie has a PID and answers signal 0, but it is dead. */
export const isAlive = (row: ProcessRow): boolean =>
  row.state !== 'Z' && row.state !== 'X' && row.state !== 'x';

/** Frozen by a signal or a debugger: it accepts connections and never answers. */
export const isStopped = (row: ProcessRow): boolean => row.state === 'T' || row.state === 't';

export const identityOf = (table: ProcessTable, row: ProcessRow): Identity => ({
  pid: row.pid,
  start: row.start,
  boot: table.boot,
});

/** The row of this very process, or `undefined` when it is gone, dead, or another one has its PID. */
export const findAlive = (table: ProcessTable, identity: Identity): ProcessRow | undefined => {
  if (identity.boot !== table.boot) return undefined;
  const row = table.rows.get(identity.pid);
  return row !== undefined && row.start === identity.start && isAlive(row) ? row : undefined;
};

/** Epoch, ms. */
export const startedAt = (table: ProcessTable, row: ProcessRow): number =>
  Math.round(table.bootedAt + (row.start * 1000) / table.ticksPerSecond);
