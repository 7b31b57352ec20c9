/** Keys of pm2 that are accepted and not honoured: why, and what to use instead. */
export const ignoredKeys: Readonly<Record<string, string>> = {
  gid: 'the server gets the groups of its user',
  username: 'it never had an effect',
  increment_var: 'only PORT counts up, by `port` under `servers`',
  instance_var: 'the number of the instance is in NODE_APP_INSTANCE and MPM_IO_INSTANCE',
  watch_options: 'watching has no options of the library of pm2',
  force: 'a name is unique',
  vizion: 'no version control is read',
  post_update: 'nothing is pulled',
  pmx: 'no agent is put into the server',
  automation: 'no agent is put into the server',
  trace: 'no agent is put into the server',
  disable_trace: 'no agent is put into the server',
  v8: 'no agent is put into the server',
  event_loop_inspector: 'no agent is put into the server',
  deep_monitoring: 'no agent is put into the server',
  io: 'no agent is put into the server',
  windowsHide: 'it is for Windows',
  execute_command: 'it is internal to pm2',
  write: 'it is internal to pm2',
  install_url: 'it is internal to pm2',
  kill_retry_time: 'the end of a process is seen at once',
  disable_source_map_support: 'source maps are off unless `source_map_support` is true',
};

/** Off is what they are here anyway: nothing to tell. */
export const isQuiet = (key: string, value: unknown): boolean =>
  value === false ||
  value === 'false' ||
  (key === 'windowsHide' && value === true) ||
  (key === 'disable_trace' && value === true) ||
  (key === 'disable_source_map_support' && value === true) ||
  (key === 'instance_var' && value === 'NODE_APP_INSTANCE');

/** Settings that belong elsewhere, which real files put here. */
export const misplacedKeys: Readonly<Record<string, string>> = {
  max_size: 'a setting of pm2-logrotate; under `servers`: logs.maxSize',
  retain: 'a setting of pm2-logrotate; under `servers`: logs.keep',
  compress: 'a setting of pm2-logrotate',
  health_check_grace_period: 'pm2 has no health check; under `servers`: ready.startPeriod and health',
  health_check: 'pm2 has no health check; under `servers`: health',
  pre_start: 'pm2 has no such step; under `servers`: a server of type "task" and `dependsOn`',
  depends_on: 'pm2 knows no order; under `servers`: dependsOn',
  ready: 'it is a key of `servers`',
  health: 'it is a key of `servers`',
  stop: 'it is a key of `servers`',
  restart: 'it is a key of `servers`',
  style: 'it is a key of `servers`',
};
