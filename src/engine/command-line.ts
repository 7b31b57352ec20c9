import type { Host } from '../host/host.js';
import type { ProcessRow } from '../model/process.js';
import { helperLabel } from '../units/helper.js';

const longest = 120;

/** What a process is, for people: its arguments, or its short name where they are not visible. */
export const commandLine = (row: ProcessRow, host: Host): string => {
  const argv = host.processes.details(row.pid)?.argv ?? [];
  const line = argv.length === 0 ? `[${row.comm}]` : (helperLabel(argv) ?? argv.join(' '));
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
};
