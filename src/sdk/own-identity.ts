import { readFileSync, readlinkSync } from 'node:fs';

/** This process, told apart from every other that has its number: see `Identity` of the model. */
export const ownIdentity = (): { readonly pid: number; readonly start: number; readonly boot: string } => ({
  pid: process.pid,
  start: startOf(process.pid) ?? Math.floor(Date.now() / 1000 - process.uptime()),
  boot: bootOf(),
});

/** Clock ticks from boot to the start of a process; `null` when it is gone or there is no /proc. */
export const startOf = (pid: number): number | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything; field 3 comes after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[19]);
  } catch {
    return null; // gone, or no /proc on this system
  }
};

const bootOf = (): string => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
    return `${boot}/${namespace}`;
  } catch {
    return ''; // no /proc on this system
  }
};
