import { readFileSync } from 'node:fs';
import { procLink, procText } from './proc-text.js';

/** What the kernel says once for its whole life. */
export type KernelFacts = {
  readonly boot: string;
  readonly ticksPerSecond: number;
  readonly pageSize: number;
};

/**
 * Boot and PID namespace name the number space in which a PID means something. Without a boot id (masked in some
 * containers) the second of the boot stands in; where the clock is set meanwhile, identities no longer match, and
 * what does not match is left alone.
 */
export const readKernelFacts = (root: string): KernelFacts => {
  const auxiliary = readAuxiliaryVector(`${root}/self/auxv`);
  return Object.freeze({
    boot: `${readBootId(root)}/${readPidNamespace(root)}`,
    ticksPerSecond: auxiliary.get(clockTicks) ?? 100,
    pageSize: auxiliary.get(pageBytes) ?? 4096,
  });
};

const readBootId = (root: string): string => {
  const id = procText(`${root}/sys/kernel/random/boot_id`)?.trim();
  if (id !== undefined && id !== '') return id;
  const second = /^btime (\d+)$/m.exec(procText(`${root}/stat`) ?? '')?.[1];
  return `btime-${second ?? 'unknown'}`;
};

const readPidNamespace = (root: string): string =>
  /\[(\d+)\]/.exec(procLink(`${root}/self/ns/pid`) ?? '')?.[1] ?? '0';

/** AT_PAGESZ and AT_CLKTCK of getauxval(3). */
const pageBytes = 6;
const clockTicks = 17;

/**
 * The kernel hands every process its page size and CLK_TCK in the auxiliary vector, so nobody has to run getconf.
 * Where the vector cannot be read the usual 4096 and 100 stand in.
 */
const readAuxiliaryVector = (path: string): ReadonlyMap<number, number> => {
  const entries = new Map<number, number>();
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return entries; // the defaults stand in
  }
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const value = bytes.readBigUInt64LE(at + 8);
    const key = bytes.readBigUInt64LE(at);
    if ((key === 6n || key === 17n) && value > 0n && value < 1n << 24n)
      entries.set(Number(key), Number(value));
  }
  return entries;
};
