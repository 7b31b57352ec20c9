import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { parseVersion } from './versions.js';
import type { CheckPolicy, ManageOptions, Paths, ShutdownHook } from './contract.js';

/** Every option with its default applied. */
export type Settings = {
  readonly name: string;
  readonly id: string;
  readonly version: string | null;
  readonly manual: boolean;
  readonly paths: Paths;
  readonly minClient: string | null;
  readonly maxClient: string | null;
  readonly checks: NonNullable<ManageOptions['checks']>;
  readonly checkPolicy: CheckPolicy;
  readonly stallLimit: number;
  readonly onDrain: readonly ShutdownHook[];
  readonly onShutdown: readonly ShutdownHook[];
  readonly drainDelay: number;
  readonly timeout: number;
  readonly signals: readonly NodeJS.Signals[];
  readonly exit: boolean;
  readonly home: string;
};

export const settingsOf = (options: ManageOptions, env: NodeJS.ProcessEnv): Settings => {
  const name = options.name ?? env['MPM_IO_NAME'] ?? scriptName(process.argv[1]);
  for (const bound of [options.minClient, options.maxClient]) if (bound !== undefined) parseVersion(bound);
  return {
    name,
    id: options.id ?? idFrom(name, env),
    version: options.version ?? null,
    manual: options.ready === 'manual',
    paths: pathsOf(options),
    minClient: options.minClient ?? null,
    maxClient: options.maxClient ?? null,
    checks: options.checks ?? {},
    checkPolicy: {
      interval: 10_000,
      timeout: 2000,
      failures: 5,
      window: 300_000,
      rest: 30_000,
      ...options.checkPolicy,
    },
    stallLimit: options.stallLimit ?? 1000,
    onDrain: [options.onDrain ?? []].flat(),
    onShutdown: [options.onShutdown ?? []].flat(),
    drainDelay: options.drainDelay ?? 0,
    timeout: options.timeout ?? 8000,
    signals: options.signals ?? ['SIGINT', 'SIGTERM', 'SIGHUP'],
    exit: options.exit ?? true,
    home: resolve(options.home ?? (env['MPM_IO_HOME'] || join(homedir(), '.mpm-io'))),
  };
};

/** `chat/server.mjs` is called chat: half of all servers are called server. */
const scriptName = (script: string | undefined): string => {
  if (script === undefined) return 'node';
  const name = basename(script, extname(script));
  return /^(server|index|main|app)$/.test(name) ? basename(dirname(script)) || name : name;
};

/** The same after every restart where mpm-io gave the name, so that a restart keeps the id. */
const idFrom = (name: string, env: NodeJS.ProcessEnv): string =>
  env['MPM_IO_NAME'] === undefined
    ? `${name}-${randomBytes(4).toString('hex')}`
    : `${env['MPM_IO_NAME']}:${env['MPM_IO_INSTANCE'] ?? '0'}`;

const defaultPaths: Paths = {
  health: '/health',
  ready: '/ready',
  stats: '/stats',
  version: '/version',
  compatibility: '/compatibility',
  shutdown: '/shutdown',
};

const pathsOf = (options: ManageOptions): Paths => {
  const prefix = (options.prefix ?? '').replace(/\/+$/, '');
  const paths: Paths = { ...defaultPaths, ...options.paths };
  for (const path of [prefix, ...Object.values<string | null>(paths)])
    if (path && (!path.startsWith('/') || /[?#]/.test(path)))
      throw new TypeError(`A path starts with / and has no query: ${JSON.stringify(path)}`);
  const entries = Object.entries(paths).map(([key, path]) => [key, path === null ? null : prefix + path]);
  return Object.fromEntries(entries) as Paths;
};

/** @throws {TypeError} when two endpoints have one path. */
export const routesOf = (paths: Paths): ReadonlyMap<string, keyof Paths> => {
  const routes = new Map<string, keyof Paths>();
  for (const [endpoint, path] of Object.entries(paths) as [keyof Paths, string | null][]) {
    if (path === null) continue;
    const other = routes.get(path);
    if (other !== undefined) throw new TypeError(`${path} is the path of ${other} and of ${endpoint}`);
    routes.set(path, endpoint);
  }
  return routes;
};
