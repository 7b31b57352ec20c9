import type { Host } from '../host/host.js';
import { helperLabel } from './helper.js';
import { plainText } from './log-files.js';

const longest = 100;

/** `1234 node server.js`, as people know it from `ps`. */
export const describeProcess = (host: Host, pid: number): string => {
  const argv = host.processes.details(pid)?.argv ?? [];
  const words =
    argv.length > 0 ? (helperLabel(argv) ?? argv.join(' ')) : (host.processes.row(pid)?.comm ?? '');
  const text = plainText(words);
  return `${pid} ${text.length > longest ? `${text.slice(0, longest)}…` : text}`.trimEnd();
};
