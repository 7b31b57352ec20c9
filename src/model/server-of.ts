import { parseInstanceKey, serverOfInstance } from './key.js';
import type { Server } from './server.js';
import type { UnitSpec } from './unit.js';

/** The server behind a recorded unit, where its file is not at hand or has dropped it. It acts by what was recorded. */
export const serverOf = (spec: UnitSpec): Server => {
  const { namespace, name } = parseInstanceKey(spec.key);
  const { command, cwd, env, envFiles, filterEnv, user, umask, nice, nofile } = spec.launch;
  return {
    key: serverOfInstance(spec.key),
    namespace,
    name,
    style: spec.style,
    type: spec.type,
    block: spec.pm2 ? 'apps' : 'servers',
    declaredIn: spec.declaredIn,
    folder: cwd,
    command,
    script: null,
    cwd,
    env,
    envFiles,
    filterEnv,
    user,
    umask,
    nice,
    instances: 1,
    port: spec.port,
    host: spec.host,
    socket: spec.socket,
    stdin: spec.stdin,
    dependsOn: [],
    waitFor: spec.waitFor,
    ready: spec.ready,
    health: spec.health,
    restart: spec.restart,
    stop: spec.stop,
    limits: { ...spec.limits, nofile },
    logs: spec.logs,
    watch: spec.watch,
    cron: spec.cron,
    pidFile:
      spec.main.kind === 'pidFile'
        ? spec.main.paths
        : spec.writePidFile === null
          ? []
          : [spec.writePidFile.path],
    forks: spec.main.kind === 'pidFile',
    reload: spec.reload,
    autostart: spec.autostart,
    options: {},
    supervisorOnly: [],
  };
};
