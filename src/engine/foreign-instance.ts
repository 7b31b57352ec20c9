import { defaultNamespace, instanceKey, serverKey } from '../model/key.js';
import type { Identity } from '../model/process.js';
import type { Instance, Server } from '../model/server.js';
import type { Endpoint } from '../model/socket.js';
import type { ForeignServer, Observation, Seen } from './snapshot.js';

/** What ends a server that says nothing about how it wants to be ended: TERM to its tree, ten seconds, KILL. */
const plainStop: Server['stop'] = {
  steps: [{ kind: 'signal', signal: 'SIGTERM', to: 'tree', wait: 10_000 }],
  leaveTree: false,
};

/** A server that nobody declared, as something that a style can be asked to stop or describe. */
export const observeForeign = ({ style, name, seen }: ForeignServer): Observation => {
  const [first] = seen.sightings;
  return asObservation(style, name, seen, first.endpoints);
};

/** A process that no style recognises, pointed at by its PID or port. */
export const observeStranger = (
  main: Identity,
  name: string,
  endpoints: readonly Endpoint[],
  /** Why it does not answer; `null` where it does, or cannot be asked. */
  trouble: string | null = null,
): Observation =>
  asObservation(
    strangerStyle,
    name,
    {
      sightings: [
        {
          style: strangerStyle,
          role: 'witness',
          manager: null,
          phase: 'running',
          ready: trouble === null ? null : false,
          ...(trouble === null ? {} : { unresponsive: true, reason: trouble }),
          main,
          endpoints,
          proven: false,
          evidence: [{ source: 'process', text: trouble ?? `PID ${main.pid} is alive.` }],
        },
      ],
      main,
      pids: new Set([main.pid]),
      owners: [],
    },
    endpoints,
  );

/** No style: only signals are left. */
export const strangerStyle = 'none';

const asObservation = (
  style: string,
  name: string,
  seen: Seen,
  endpoints: readonly Endpoint[],
): Observation => {
  const key = serverKey(defaultNamespace, name);
  const tcp = endpoints.find((endpoint) => endpoint.kind === 'tcp');
  const port = tcp?.kind === 'tcp' ? tcp.port : null;
  const host = tcp?.kind === 'tcp' ? tcp.host : null;
  const instance: Instance = {
    key: instanceKey(key, 0),
    server: foreignServer(name, style, port, host),
    index: 0,
    port,
    endpoints,
    record: null,
  };
  const detection = { seen: 'running' as const, sightings: seen.sightings };
  return { instance, undeclared: true, detection, view: null, seen: [seen], ports: [], yielded: [] };
};

const foreignServer = (name: string, style: string, port: number | null, host: string | null): Server => ({
  key: serverKey(defaultNamespace, name),
  namespace: defaultNamespace,
  name,
  style,
  type: 'service',
  block: 'servers',
  declaredIn: null,
  folder: '/',
  command: null,
  script: null,
  cwd: '/',
  env: {},
  envFiles: [],
  filterEnv: false,
  user: null,
  umask: null,
  nice: null,
  instances: 1,
  port: port === null ? null : { kind: 'fixed', port, spread: false },
  host,
  socket: null,
  stdin: false,
  dependsOn: [],
  waitFor: [],
  ready: {
    probe: null,
    interval: 200,
    timeout: 30_000,
    probeTimeout: 2_000,
    startPeriod: 0,
    anyOwner: false,
  },
  health: null,
  restart: {
    policy: 'never',
    maxRestarts: 0,
    window: 0,
    minUptime: 0,
    backoff: { first: 0, min: 0, max: 0, factor: 1 },
    exitCodes: [],
  },
  stop: plainStop,
  limits: { memory: null, nofile: null },
  logs: {
    out: null,
    err: null,
    combined: null,
    merge: false,
    json: false,
    timestamps: false,
    maxSize: null,
    maxAge: null,
    keep: 0,
  },
  watch: null,
  cron: null,
  pidFile: [],
  forks: false,
  reload: 'restart',
  autostart: false,
  options: {},
  supervisorOnly: [],
});
