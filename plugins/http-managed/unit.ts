import { resolve } from 'node:path';
import {
  unitOf,
  type HealthPolicy,
  type Probe,
  type Server,
  type StopStep,
  type UnitSpec,
} from 'mpm-io/plugin';
import { generic } from './dialects.js';
import { fieldsOf, healthPath, optionsOf, ownReadyProbe, signatureOf } from './options.js';

/** The unit of an instance: ready and well when its health answer says so, unless the server declares other probes. */
export const httpUnit = (server: Server, index: number): UnitSpec => {
  const unit = unitOf(server, index);
  const probe = server.type === 'task' ? null : healthProbe(server, index);
  if (probe === null) return unit;
  const health = server.health ?? healthDefaults;
  const declared = server.ready.probe;
  const isHealth = declared === null || (declared.kind === 'http' && ownReadyProbe(server) === null);
  return {
    ...unit,
    ready: { ...unit.ready, probe: isHealth ? probe : unit.ready.probe },
    health: {
      ...health,
      probe: health.probe ?? unit.ready.probe ?? probe,
      ...(health.probe === null && unit.ready.probe !== null ? { probeOfReady: true } : {}),
    },
    stop: { ...unit.stop, steps: [...shutdownSteps(server), ...unit.stop.steps] },
  };
};

const healthDefaults: HealthPolicy = { probe: null, interval: 10_000, timeout: 2000, retries: 3, restart: 0 };

const wellWords = ['healthy', 'running', 'ok', 'up', 'pass', 'ready', 'OK', 'UP'];

const healthProbe = (server: Server, index: number): Probe | null => {
  const url = healthPath(server);
  if (server.port === null && server.socket === null && url.startsWith('/')) return null;
  const { signature, fields } = optionsOf(server);
  const own = fieldsOf(generic.fields, server);
  const described = signature !== undefined && fields?.status === undefined;
  return {
    kind: 'http',
    url,
    expect: [
      ...signatureOf(server, { name: server.name, instance: String(index) }, own.id),
      ...(described ? [] : [{ path: own.status, oneOf: wellWords }]),
    ],
  };
};

/**
 * The shutdown that the server declares, asked before its other rungs; not twice where it is among them. Of a token
 * the unit knows only the file: it is read when the server is stopped.
 */
export const shutdownSteps = (server: Server): readonly StopStep[] => {
  const { shutdown } = optionsOf(server);
  if (shutdown === undefined || server.stop.steps.some(({ kind }) => kind === 'http')) return [];
  const { path: url, method = 'POST', tokenFile } = shutdown;
  const token = tokenFile === undefined ? {} : { token: resolve(server.folder, tokenFile) };
  return [{ kind: 'http', method, url, wait: politeWait(server), ...token }];
};

/** As long as the first signal would be given. */
export const politeWait = ({ stop }: Server): number =>
  Math.max(1000, ...stop.steps.filter(({ kind }) => kind === 'signal').map(({ wait }) => wait));
