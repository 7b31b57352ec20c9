import { instanceKey, serverKey } from '../model/key.js';
import type { Instance, Server } from '../model/server.js';
import { endpointsOf } from '../model/unit.js';

/** A server as a style gets it: every default of the ecosystem file, and what a test declares of it. */
export const declareServer = (declared: Partial<Server> & { readonly style: string }): Server => {
  const { namespace = 'default', name = 'web' } = declared;
  return {
    key: serverKey(namespace, name),
    namespace,
    name,
    type: 'service',
    block: 'servers',
    declaredIn: '/srv/app/ecosystem.json',
    folder: '/srv/app',
    command: { argv: ['node', '/srv/app/server.js'] },
    script: '/srv/app/server.js',
    cwd: '/srv/app',
    env: {},
    envFiles: [],
    filterEnv: false,
    user: null,
    umask: null,
    nice: null,
    instances: 1,
    port: null,
    host: null,
    socket: null,
    stdin: false,
    dependsOn: [],
    waitFor: [],
    ready: {
      probe: null,
      interval: 100,
      timeout: 30_000,
      probeTimeout: 2000,
      startPeriod: 0,
      anyOwner: false,
    },
    health: { probe: null, interval: 10_000, timeout: 2000, retries: 3, restart: 0 },
    restart: {
      policy: 'always',
      maxRestarts: 10,
      window: 60_000,
      minUptime: 1000,
      backoff: { first: 0, min: 100, max: 15_000, factor: 2 },
      exitCodes: [0],
    },
    stop: { steps: [{ kind: 'signal', signal: 'SIGTERM', to: 'tree', wait: 10_000 }], leaveTree: false },
    limits: { memory: null, nofile: null },
    logs: {
      out: null,
      err: null,
      combined: null,
      merge: false,
      json: false,
      timestamps: false,
      maxSize: 10_485_760,
      maxAge: null,
      keep: 5,
    },
    watch: null,
    cron: null,
    pidFile: [],
    forks: false,
    reload: 'restart',
    autostart: true,
    options: {},
    supervisorOnly: [],
    ...declared,
  };
};

/** One instance of it, with the port that the declaration gives it. */
export const instanceOf = (server: Server, index = 0, changes: Partial<Instance> = {}): Instance => {
  const { port: spec } = server;
  const port = spec?.kind === 'fixed' ? spec.port + (spec.spread ? index : 0) : null;
  return {
    key: instanceKey(server.key, index),
    server,
    index,
    port,
    endpoints: endpointsOf(server, port),
    record: null,
    ...changes,
  };
};
