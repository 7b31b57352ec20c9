import { type Claims, type Server } from 'mpm-io/plugin';
import { impossiblePid } from '../seen/possible-pid.js';
import { fieldsOf } from './options.js';
import { readNumber, readPath, readText, type Json } from './json-path.js';
import { type Dialect } from './dialects.js';

/** What a health answer says of its server: hints. A PID that cannot be one is kept as words only. */
export const claimsOf = (json: Json, dialect: Dialect, server: Server | null): Claims => {
  const fields = fieldsOf(dialect.fields, server);
  const uptime = fields.uptime === null ? undefined : readNumber(json, fields.uptime.path);
  const factor = fields.uptime?.unit === 'ms' ? 1 : 1000;
  return {
    ...pidClaim(readPath(json, fields.pid)),
    ...present('id', readText(json, fields.id)),
    ...present('version', readText(json, fields.version)),
    ...present('uptimeMs', uptime === undefined ? undefined : Math.round(uptime * factor)),
    ...present('clients', readNumber(json, fields.clients)),
    ...present('status', readText(json, fields.status)),
    dialect: dialect.name,
  };
};

const present = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);

const pidClaim = (value: unknown): Pick<Claims, 'pid' | 'badPid'> => {
  if (value === undefined || value === null) return {};
  const why = impossiblePid(value);
  return why === null ? { pid: value as number } : { badPid: why };
};

const wellWords = new Set(['healthy', 'running', 'ok', 'up', 'pass', 'ready']);
const endingWords = new Set(['stopping', 'draining', 'shutting_down', 'shutting down']);

/** Does this word mean well? `starting` and `degraded` do not. */
export const meansWell = (status: string): boolean => wellWords.has(status.trim().toLowerCase());

export const meansEnding = (status: string): boolean => endingWords.has(status.trim().toLowerCase());
