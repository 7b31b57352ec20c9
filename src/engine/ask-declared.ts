import type { Host } from '../host/host.js';
import { fillAll } from '../model/fill.js';
import { isStopped } from '../model/process.js';
import type { Probe } from '../model/probe.js';
import type { Instance } from '../model/server.js';
import { type AskableProbe, askProbe, type ProbeAnswer } from '../units/probe.js';
import type { ObserveOptions } from './observe-options.js';
import type { Sighted } from './one-server.js';
import type { Seen, StyledSighting } from './snapshot.js';

/** The longest that a look waits for one answer. */
const longestLook = 1000;
const defaultTimeout = 2000;

/** What a server declares to be asked whether it is well; only what can be asked again tells that. */
export const healthProbe = ({ server }: Instance): AskableProbe | null =>
  repeatable(server.health?.probe ?? null) ?? repeatable(server.ready.probe);

const repeatable = (probe: Probe | null): AskableProbe | null =>
  probe !== null && (probe.kind === 'http' || probe.kind === 'tcp' || probe.kind === 'exec') ? probe : null;

/** Its style has asked the server itself; what was recorded at its start, or read from a file, is no answer. */
export const hasAnswered = ({ sightings }: Seen): boolean =>
  sightings.some(
    ({ role, evidence }) => role === 'witness' && evidence.some(({ source }) => source === 'health'),
  );

/**
 * That a process lives, or that it was ready once, does not say that it answers now: where the style has not asked, the
 * declared probe is. A program is run for it only where somebody asks for health by name.
 */
export const askDeclared = async (one: Sighted, { host, look, signal }: ObserveOptions): Promise<Sighted> => {
  const { instance } = one;
  const probe = healthProbe(instance);
  const [seen, ...rest] = one.seen;
  if (probe === null || probe.kind === 'exec' || seen === undefined || rest.length > 0) return one;
  const [first] = seen.sightings;
  const row = seen.main === null ? undefined : look.processes.rows.get(seen.main.pid);
  const settled =
    seen.sightings.some(({ phase }) => phase !== 'running') || (row !== undefined && isStopped(row));
  if (settled || hasAnswered(seen) || instance.server.type === 'task') return one;
  const answer = await askNow(host, instance, probe, longestLook, {}, signal);
  const source = { source: 'probe', text: answer.text };
  const told = (sighting: StyledSighting): StyledSighting => ({
    ...sighting,
    ready: answer.pass,
    ...(answer.silent === true ? { unresponsive: true } : {}),
    ...(answer.pass ? {} : { reason: answer.text }),
  });
  const sightings = [
    { ...told(first), evidence: [...first.evidence, source] },
    ...seen.sightings.slice(1).map(told),
  ];
  return { ...one, seen: [{ ...seen, sightings: sightings as [StyledSighting, ...StyledSighting[]] }] };
};

export const askNow = (
  host: Host,
  { server, port, index, endpoints }: Instance,
  probe: AskableProbe,
  longest: number,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ProbeAnswer> => {
  const fill = {
    name: server.name,
    instance: String(index),
    host: server.host ?? '127.0.0.1',
    ...(port === null ? {} : { port: String(port) }),
  };
  const facts = {
    endpoints,
    timeout: Math.min(server.health?.timeout ?? defaultTimeout, longest),
    logs: { out: null, err: null },
    offset: { out: 0, err: 0 },
    startedAt: 0,
    cwd: server.cwd,
    env,
  };
  return askProbe(host, fillAll(probe, fill), facts, signal);
};
