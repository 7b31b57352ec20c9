import type { Server } from '../../model/server.js';
import type {
  LogPolicy,
  PortSpec,
  RestartPolicy,
  StopPolicy,
  StopStep,
  WatchPolicy,
} from '../../model/unit.js';
import { absolute, type Place } from '../place.js';
import type { ServerOutput } from '../schema/server.js';
import { commandOf } from './probes.js';

/** Never watched, whatever a file says: dotfiles and what is installed. */
export const neverWatched = ['**/node_modules/**', '**/.*', '**/.*/**'] as const;

/** The rungs in the order in which they are tried. */
export const stopPolicy = (stop: ServerOutput['stop']): StopPolicy => {
  const wait = stop.timeout;
  const http = typeof stop.http === 'string' ? { url: stop.http, method: 'POST' } : stop.http;
  const steps: readonly StopStep[] = [
    ...(http === undefined
      ? []
      : [{ kind: 'http' as const, method: http.method.toUpperCase(), url: http.url, wait }]),
    ...(stop.message === true ? [{ kind: 'message' as const, wait }] : []),
    ...(stop.exec === undefined ? [] : [{ kind: 'exec' as const, command: commandOf(stop.exec), wait }]),
    { kind: 'signal', signal: stop.signal, to: stop.signalTo, wait },
  ];
  return { steps, leaveTree: stop.leaveTree };
};

const restartDefaults = {
  maxRestarts: 10,
  window: 60_000,
  minUptime: 1000,
  backoff: { first: 0, min: 100, max: 15_000, factor: 2 },
  exitCodes: [],
} as const;

export const restartPolicy = (restart: ServerOutput['restart'], type: Server['type']): RestartPolicy => {
  const usual = type === 'task' ? 'never' : 'always';
  if (typeof restart === 'string') return { ...restartDefaults, policy: restart };
  return { ...restart, policy: restart.policy ?? usual };
};

export const logPolicy = (logs: ServerOutput['logs'], { folder, home }: Place): LogPolicy => {
  const path = (value: string | false | undefined): string | null =>
    value === undefined ? null : value === false ? '/dev/null' : absolute(value, folder, home);
  return {
    out: path(logs.out),
    err: path(logs.err),
    combined: path(logs.combined),
    merge: logs.merge,
    json: logs.json,
    timestamps: logs.timestamps,
    maxSize: logs.maxSize,
    maxAge: logs.maxAge ?? null,
    keep: logs.keep,
  };
};

export const portSpec = (port: ServerOutput['port'], spread: boolean): PortSpec | null => {
  if (port === undefined) return null;
  return typeof port === 'number' ? { kind: 'fixed', port, spread } : { kind: 'range', ...port };
};

/** Its own logs and PID files are never watched: that would be a restart for every line. */
export const watchPolicy = (
  watch: ServerOutput['watch'],
  cwd: string,
  own: readonly string[],
  { folder, home }: Place,
): WatchPolicy | null => {
  if (watch === undefined || watch === false) return null;
  const given =
    typeof watch === 'string' || Array.isArray(watch)
      ? { paths: [watch].flat() }
      : watch === true
        ? {}
        : watch;
  const { paths, ignore = [], delay = 200, extensions = [] } = given as Partial<WatchPolicy>;
  return {
    paths: paths === undefined ? [cwd] : paths.map((path) => absolute(path, folder, home)),
    ignore: [...new Set([...neverWatched, ...ignore, ...own])],
    delay,
    extensions,
  };
};
