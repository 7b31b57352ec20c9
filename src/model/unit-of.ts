import { instanceKey, parseInstanceKey } from './key.js';
import { fillAll } from './fill.js';
import type { Server } from './server.js';
import type { UnitSpec } from './unit.js';

/**
 * The unit that launches instance `index` of a server as it is declared. A launching style starts from it and changes what it must.
 * @throws {TypeError} when the server has no command: such a server is observed and stopped only.
 */
export const unitOf = (server: Server, index: number): UnitSpec => {
  if (server.command === null) throw new TypeError(`${server.key} has no command`);
  return {
    key: instanceKey(server.key, index),
    style: server.style,
    type: server.type,
    declaredIn: server.declaredIn,
    launch: {
      command: server.command,
      cwd: server.cwd,
      env: server.env,
      envFiles: server.envFiles,
      filterEnv: server.filterEnv,
      user: server.user,
      umask: server.umask,
      nice: server.nice,
      nofile: server.limits.nofile,
    },
    main: server.forks ? { kind: 'pidFile', paths: server.pidFile } : { kind: 'self' },
    writePidFile: null,
    port: server.port,
    host: server.host,
    socket: server.socket,
    ready: server.ready,
    health: server.health,
    stop: server.stop,
    restart: server.restart,
    limits: { memory: server.limits.memory },
    cron: server.cron,
    watch: server.watch,
    logs: server.logs,
    stdin: server.stdin,
    waitFor: server.waitFor,
    reload: server.reload,
    autostart: server.autostart,
    pm2: server.block === 'apps',
  };
};

/** The unit with every placeholder filled, now that its port is known. */
export const fillUnit = (spec: UnitSpec, port: number | null): UnitSpec => {
  const { name, index } = parseInstanceKey(spec.key);
  const { key, logs, ...rest } = spec;
  const fill = {
    name,
    instance: String(index),
    host: spec.host ?? '127.0.0.1',
    ...(port === null ? {} : { port: String(port) }),
  };
  return { ...fillAll(rest, fill), key, logs: fillAll(logs, fill) };
};
