import { readPath, readText, type Json } from './json-path.js';

/** Where a health answer says what. Paths are dotted. */
export type Fields = {
  readonly pid: string;
  readonly id: string;
  readonly version: string;
  readonly uptime: { readonly path: string; readonly unit: 'ms' | 's' } | null;
  readonly clients: string;
  readonly status: string;
};

/** A form of health answer: how it is told from others, and where things stand in it. */
export type Dialect = {
  readonly name: string;
  readonly matches: (json: Json) => boolean;
  readonly fields: Fields;
  readonly stats: string | null;
  readonly version: string | null;
  /** Only the owner's token opens it. */
  readonly shutdown: string | null;
};

const fields: Fields = {
  pid: 'pid',
  id: 'server_id',
  version: 'version',
  uptime: null,
  clients: 'clients_connected',
  status: 'status',
};

/** Any JSON object that has a status. */
export const generic: Dialect = {
  name: 'generic',
  matches: (json) => typeof readPath(json, 'status') === 'string',
  fields,
  stats: null,
  version: null,
  shutdown: null,
};

/** The first that matches is the one. */
export const dialects: readonly Dialect[] = [
  {
    name: 'mpm-io',
    matches: (json) => readPath(json, 'manager') === 'mpm-io',
    fields: { ...fields, uptime: { path: 'uptime_seconds', unit: 's' } },
    stats: '/stats',
    version: '/version',
    shutdown: '/shutdown',
  },
  {
    name: 'claude-mpm-monitor',
    matches: (json) => readPath(json, 'service') === 'claude-mpm-monitor',
    fields: { ...fields, uptime: { path: 'uptime', unit: 's' } },
    stats: null,
    version: null,
    shutdown: null,
  },
  {
    name: 'claude-mpm-daemon',
    matches: (json) => readPath(json, 'server') === 'claude-mpm-python-socketio',
    fields,
    stats: null,
    version: null,
    shutdown: null,
  },
  {
    name: 'claude-mpm-standalone',
    matches: (json) => readText(json, 'server_id') !== undefined && readPath(json, 'pid') !== undefined,
    fields: { ...fields, version: 'server_version', uptime: { path: 'uptime_seconds', unit: 's' } },
    stats: '/stats',
    version: '/version',
    shutdown: null,
  },
  generic,
];

export const dialectOf = (json: Json): Dialect | null =>
  dialects.find(({ matches }) => matches(json)) ?? null;

export const dialectNames = dialects.map(({ name }) => name);
