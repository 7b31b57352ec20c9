import type { z } from 'zod';
import type { Command, HealthPolicy, Probe, ReadyPolicy } from '../../model/probe.js';
import type { health, ready, waitFor } from '../schema/probes.js';

type Ready = z.output<typeof ready>;
type Health = z.output<typeof health>;
type WaitFor = z.output<typeof waitFor>;
type ProbeKeys = Pick<Ready, 'http' | 'tcp' | 'log' | 'exec' | 'delay' | 'message' | 'notify'>;

/** Of a single question. */
const probeTimeout = 2000;

export const probeKinds = ['http', 'tcp', 'log', 'exec', 'delay', 'message', 'notify'] as const;

/** The kinds that are set: more than one is a mistake. */
export const kindsOf = (keys: ProbeKeys): readonly string[] =>
  probeKinds.filter((kind) => keys[kind] !== undefined);

export const probeOf = (keys: ProbeKeys): Probe | null => {
  if (keys.http !== undefined) return httpProbe(keys.http);
  if (keys.tcp !== undefined) return tcpProbe(keys.tcp);
  if (keys.log !== undefined) return logProbe(keys.log);
  if (keys.exec !== undefined) return { kind: 'exec', command: commandOf(keys.exec) };
  if (keys.delay !== undefined) return { kind: 'delay', ms: keys.delay };
  if (keys.message === true) return { kind: 'message' };
  return keys.notify === true ? { kind: 'notify' } : null;
};

export const commandOf = (value: string | readonly string[]): Command =>
  typeof value === 'string' ? { shell: value } : { argv: value };

const httpProbe = (http: NonNullable<Ready['http']>): Probe => {
  if (typeof http === 'string') return { kind: 'http', url: http };
  if (http.expect === undefined) return { kind: 'http', url: http.url };
  const expect = Object.entries(http.expect).map(([path, wanted]) => ({
    path,
    oneOf: (Array.isArray(wanted) ? wanted : [wanted]).map(String),
  }));
  return { kind: 'http', url: http.url, expect };
};

const tcpProbe = (tcp: NonNullable<Ready['tcp']>): Probe => {
  if (tcp === true) return { kind: 'tcp', host: null, port: '{port}' };
  if (typeof tcp === 'number') return { kind: 'tcp', host: null, port: tcp };
  const colon = tcp.lastIndexOf(':');
  return {
    kind: 'tcp',
    host: tcp.slice(0, colon).replaceAll(/^\[|\]$/g, ''),
    port: Number(tcp.slice(colon + 1)),
  };
};

const logProbe = (log: string): Probe => {
  const [, pattern = log, flags = ''] = /^\/(.+)\/([a-z]*)$/s.exec(log) ?? [];
  return { kind: 'log', pattern, flags };
};

/** `retries` is counted as time: a server that is asked so often and never answers is not waited for any longer. */
export const readyPolicy = (ready: Ready): ReadyPolicy => ({
  probe: probeOf(ready),
  interval: ready.interval,
  timeout:
    ready.retries === undefined
      ? ready.timeout
      : Math.min(ready.timeout, ready.startPeriod + ready.retries * Math.max(1, ready.interval)),
  probeTimeout,
  startPeriod: ready.startPeriod,
  anyOwner: ready.anyOwner,
});

/** Without a probe of its own, health asks what `ready` asks, where that can be asked again. */
export const healthPolicy = (health: false | Health, ready: Probe | null): HealthPolicy | null => {
  if (health === false) return null;
  const own = probeOf(health);
  return {
    probe: own ?? (canRepeat(ready) ? ready : null),
    ...(own === null && canRepeat(ready) ? { probeOfReady: true } : {}),
    interval: health.interval,
    timeout: health.timeout,
    retries: health.retries,
    restart: health.restart,
  };
};

const canRepeat = (probe: Probe | null): boolean =>
  probe !== null && (probe.kind === 'http' || probe.kind === 'tcp' || probe.kind === 'exec');

export const waitForProbes = (value: WaitFor | readonly WaitFor[] | undefined): readonly WaitFor[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly WaitFor[]) : [value as WaitFor];
