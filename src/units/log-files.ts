import { join } from 'node:path';
import type { Host } from '../host/host.js';
import { encodePart, parseInstanceKey } from '../model/key.js';
import type { UnitSpec } from '../model/unit.js';
import type { Home } from './home.js';

/** The files of fd 1 and fd 2; `null`: they go nowhere. Equal where one file takes both. */
export type LogFiles = { readonly out: string | null; readonly err: string | null };

/**
 * Where a unit writes. Two instances never share a file unless they are told to merge. An explicit path of a server
 * with one instance stays as it is: only instances behind the first get their number, before the extension.
 */
export const logFilesOf = (home: Pick<Home, 'logs'>, spec: UnitSpec): LogFiles => {
  const { logs, key } = spec;
  const { namespace, name, index } = parseInstanceKey(key);
  const instance = logs.merge || index === 0 ? '' : `:${index}`;
  const stem = join(home.logs, encodePart(namespace), `${encodePart(name)}${instance}`);
  const explicit = (path: string): string | null => {
    if (path === '/dev/null') return null;
    return logs.merge || index === 0 ? path : withInstance(path, index);
  };
  if (logs.combined !== null) {
    const file = explicit(logs.combined);
    return { out: file, err: file };
  }
  return {
    out: logs.out === null ? `${stem}.out.log` : explicit(logs.out),
    err: logs.err === null ? `${stem}.err.log` : explicit(logs.err),
  };
};

const withInstance = (path: string, index: number): string => {
  const [, stem = path, extension = ''] = /^(.*[^/])(\.[^./]+)$/s.exec(path) ?? [];
  return `${stem}-${index}${extension}`;
};

export const sizeOf = (host: Host, path: string | null): number =>
  path === null ? 0 : (host.files.stat(path)?.size ?? 0);

const tailBytes = 16_384;

/** The last lines written since `from`, fit to be shown: no escape sequence of a server reaches a terminal. */
export const tailOf = (host: Host, path: string | null, from: number, lines: number): readonly string[] => {
  if (path === null) return [];
  const size = sizeOf(host, path);
  const begin = Math.max(size < from ? 0 : from, size - tailBytes);
  const text = host.files.readRange(path, begin, tailBytes)?.text ?? '';
  return text
    .split('\n')
    .map(plainText)
    .filter((line) => line.trim() !== '')
    .slice(-lines);
};

/** Without control characters, colours and whatever else a terminal would obey. */
export const plainText = (line: string): string =>
  line
    // oxlint-disable-next-line no-control-regex
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g, '')
    .replaceAll('\t', '    ')
    // oxlint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
    .slice(0, 500);
