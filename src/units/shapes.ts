import type { Identity } from '../model/process.js';
import type { ExitFact, UnitRun, UnitSpec } from '../model/unit.js';

/** Reads values of files that anybody may have damaged. `null`: it is not what it should be. */

export type Plain = Readonly<Record<string, unknown>>;

export const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';

/** A PID of 0 or 1, or a negative one, is never a process of ours. */
export const readIdentity = (value: unknown): Identity | null => {
  if (!isPlain(value)) return null;
  const { pid, start, boot } = value;
  if (!isCount(pid) || pid < 2 || typeof start !== 'number' || typeof boot !== 'string') return null;
  return { pid, start, boot };
};

const isIdentityOrNull = (value: unknown): boolean => value === null || readIdentity(value) !== null;

export const readRun = (value: unknown): UnitRun | null => {
  if (!isPlain(value)) return null;
  const { generation, main, helper, port, startedAt, readyAt, specHash, logOffset } = value;
  const whole =
    isCount(generation) &&
    isIdentityOrNull(main) &&
    isIdentityOrNull(helper) &&
    (port === null || isCount(port)) &&
    typeof startedAt === 'number' &&
    (readyAt === null || typeof readyAt === 'number') &&
    typeof specHash === 'string' &&
    isPlain(logOffset) &&
    isCount(logOffset['out']) &&
    isCount(logOffset['err']);
  return whole ? (value as UnitRun) : null;
};

export const readExit = (value: unknown): ExitFact | null => {
  if (!isPlain(value)) return null;
  const { generation, code, at, observed } = value;
  const whole =
    isCount(generation) &&
    (code === null || isCount(code)) &&
    typeof at === 'number' &&
    typeof observed === 'boolean';
  return whole ? (value as ExitFact) : null;
};

/** Enough of a spec to find, judge and stop what was launched from it. */
export const readSpec = (value: unknown): UnitSpec | null => {
  if (!isPlain(value)) return null;
  const { key, style, launch, main, ready, stop, logs, restart } = value;
  const whole =
    typeof key === 'string' &&
    /^[^/]+\/.+:\d+$/s.test(key) &&
    typeof style === 'string' &&
    isTextOrNull(value['declaredIn']) &&
    isPlain(launch) &&
    isPlain(launch['command']) &&
    typeof launch['cwd'] === 'string' &&
    isPlain(main) &&
    isPlain(ready) &&
    isPlain(stop) &&
    Array.isArray(stop['steps']) &&
    isPlain(logs) &&
    isPlain(restart) &&
    Array.isArray(restart['exitCodes']);
  return whole ? (value as UnitSpec) : null;
};
