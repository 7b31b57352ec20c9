import type { Server } from '../../model/server.js';
import type { LogPolicy, RestartPolicy, StopPolicy, StopStep } from '../../model/unit.js';
import { absolute } from '../place.js';
import type { AppOutput } from '../schema/app.js';

/** pm2 counts restarts of runs that were shorter than `min_uptime`, and waits by one of two delays. */
export const restartOfApp = (app: AppOutput): RestartPolicy => ({
  policy: app.autorestart ? 'always' : 'never',
  maxRestarts: app.max_restarts,
  window: Math.max(1000, app.min_uptime * Math.max(1, app.max_restarts)),
  minUptime: app.min_uptime,
  backoff:
    app.exp_backoff_restart_delay > 0
      ? { first: app.exp_backoff_restart_delay, min: app.exp_backoff_restart_delay, max: 15_000, factor: 1.5 }
      : { first: app.restart_delay, min: app.restart_delay, max: app.restart_delay, factor: 1 },
  exitCodes: app.stop_exit_codes,
});

/** SIGINT behind the message too: a server that does not listen for messages is asked before it is killed. */
export const stopOfApp = (app: AppOutput): StopPolicy => {
  const wait = app.kill_timeout;
  const signal: StopStep = { kind: 'signal', signal: 'SIGINT', to: app.treekill ? 'tree' : 'main', wait };
  return {
    steps: app.shutdown_with_message ? [{ kind: 'message', wait }, signal] : [signal],
    leaveTree: !app.treekill,
  };
};

export const logsOfApp = (app: AppOutput, cwd: string, home: string): LogPolicy => {
  const path = (value: string | boolean | undefined): string | null => {
    if (app.disable_logs || value === false) return '/dev/null';
    if (value === undefined || value === true) return null;
    return value === 'NULL' || value === '/dev/null' ? '/dev/null' : absolute(value, cwd, home);
  };
  const format = typeof app.log_date_format === 'string' ? app.log_date_format : false;
  return {
    out: path(app.out_file),
    err: path(app.error_file),
    combined: typeof app.log_file === 'string' && !app.disable_logs ? path(app.log_file) : null,
    merge: app.merge_logs,
    json: app.log_type === 'json',
    timestamps: app.time === true ? 'YYYY-MM-DDTHH:mm:ss' : format,
    maxSize: null,
    maxAge: null,
    keep: 5,
  };
};

/** The keys of an app that only a supervisor honours, where they ask for more than pm2's defaults. */
export const supervisorKeysOfApp = (app: AppOutput, server: Server): readonly string[] => {
  const keys: readonly (readonly [string, boolean])[] = [
    ['max_restarts', app.max_restarts !== 16],
    ['min_uptime', app.min_uptime !== 1000],
    ['restart_delay', app.restart_delay !== 0],
    ['exp_backoff_restart_delay', app.exp_backoff_restart_delay !== 0],
    ['stop_exit_codes', app.stop_exit_codes.length > 0],
    ['max_memory_restart', server.limits.memory !== null],
    ['cron_restart', server.cron !== null],
    ['watch', server.watch !== null],
    ['log_file', server.logs.combined !== null],
    ['log_type', server.logs.json],
    ['time', app.time === true],
    ['log_date_format', app.time !== true && server.logs.timestamps !== false],
    ['wait_ready', app.wait_ready],
    ['shutdown_with_message', app.shutdown_with_message],
  ];
  return keys.flatMap(([key, set]) => (set ? [key] : []));
};
