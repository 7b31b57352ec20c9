import { impossiblePid } from '../seen/possible-pid.js';
import { isObject } from '../seen/strict-schema.js';

/** What a PID file says: a number, and where it is JSON, more by which the process is told from its successors. */
export type PidFileText =
  | {
      readonly kind: 'pid';
      readonly pid: number;
      /** Start and boot, as this package writes them. */
      readonly start: number | null;
      readonly boot: string | null;
      /** Epoch, ms: when the process started, as others write it. */
      readonly startedAt: number | null;
      readonly id: string | null;
      readonly version: string | null;
      readonly port: number | null;
    }
  | { readonly kind: 'empty' }
  | { readonly kind: 'garbage'; readonly why: string };

export const parsePidFile = (text: string): PidFileText => {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  if (trimmed.startsWith('{')) return parseJson(trimmed);
  if (!/^-?\d+$/.test(trimmed)) return { kind: 'garbage', why: `it holds ${quote(trimmed)}, no number` };
  return fromNumber(Number(trimmed), {});
};

const parseJson = (text: string): PidFileText => {
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json)) return fromNumber(json['pid'], json);
  } catch {
    // Told below, with what stands there.
  }
  return { kind: 'garbage', why: `it holds ${quote(text)}, no JSON object` };
};

const fromNumber = (pid: unknown, json: Readonly<Record<string, unknown>>): PidFileText => {
  const why = impossiblePid(pid);
  if (why !== null || typeof pid !== 'number') return { kind: 'garbage', why: `it names no server: ${why}` };
  const epoch = number(json['process_start_time']);
  return {
    kind: 'pid',
    pid,
    start: number(json['start']),
    boot: word(json['boot']),
    startedAt: epoch === null ? null : epoch * 1000,
    id: word(json['server_id']),
    version: word(json['server_version']),
    port: number(json['port']),
  };
};

const number = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

const word = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
