import type { Server } from '../../model/server.js';

const usual = {
  restart: {
    policy: 'always',
    maxRestarts: 10,
    window: 60_000,
    minUptime: 1000,
    exitCodes: '',
    backoff: '0,100,15000,2',
  },
  logs: { maxSize: 10 * 1024 ** 2, maxAge: null, keep: 5, combined: null, json: false, timestamps: false },
} as const;

/** The keys of `servers` that only a supervisor honours, where they ask for more than the defaults. */
export const supervisorKeys = (server: Server, raw: Readonly<Record<string, unknown>>): readonly string[] => {
  const { restart, logs } = server;
  const { first, min, max, factor } = restart.backoff;
  const flat = { ...restart, exitCodes: restart.exitCodes.join(), backoff: [first, min, max, factor].join() };
  const keys: readonly (readonly [string, boolean])[] = [
    ...differing(
      'restart',
      { ...flat, policy: restart.policy === 'never' ? 'always' : flat.policy },
      usual.restart,
      raw,
    ),
    ['watch', server.watch !== null],
    ['cron', server.cron !== null],
    ['limits.memory', server.limits.memory !== null],
    ['health.restart', (server.health?.restart ?? 0) > 0],
    ...differing('logs', logs, usual.logs, raw),
    ['stdin', server.stdin],
    ['listen', raw['listen'] === true],
    ['tls', raw['tls'] !== undefined],
    ['hooks', raw['hooks'] !== undefined],
    ['ready.message', server.ready.probe?.kind === 'message'],
    ['ready.notify', server.ready.probe?.kind === 'notify'],
    ['stop.message', server.stop.steps.some(({ kind }) => kind === 'message')],
    ['reload', server.reload === 'overlap'],
  ];
  return keys.flatMap(([key, set]) => (set ? [key] : []));
};

/** A whole policy in one word (`"restart": "on-failure"`) is named by its block. */
const differing = (
  block: string,
  values: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
  raw: Readonly<Record<string, unknown>>,
): readonly (readonly [string, boolean])[] =>
  Object.entries(defaults).map(([key, value]) => [
    typeof raw[block] === 'string' ? block : `${block}.${key}`,
    values[key] !== value,
  ]);
