import { join } from 'node:path';
import type { Host } from '../host/host.js';
import type { Instance } from '../model/server.js';
import { endpointsOf } from '../model/unit.js';
import { fillUnit } from '../model/unit-of.js';
import type { Look } from '../plugin/contract.js';
import { logFilesOf } from '../units/log-files.js';
import { askProbe, type ProbeAnswer } from '../units/probe.js';
import { isOurs } from './assess.js';
import { ownUnit } from './own-unit.js';
import type { Seen } from './snapshot.js';
import { strangerOn } from './stranger.js';

/** What a look can tell of a server of ours that was started without waiting, and that nobody has seen ready since. */
export type Unseen =
  | { readonly kind: 'told'; readonly answer: ProbeAnswer }
  /** Its ready probe is a program, and a look runs none. */
  | { readonly kind: 'not-asked'; readonly inTime: boolean };

/** `null`: it was seen ready, or its readiness is no question of a probe. */
export const askUnseen = async (
  instance: Instance,
  seen: Seen,
  host: Host,
  look: Look,
  longest: number,
  signal: AbortSignal,
): Promise<Unseen | null> => {
  const record = isOurs(seen) ? (ownUnit(instance, look)?.record ?? null) : null;
  const run = record?.run ?? null;
  if (record === null || run === null || run.readyAt !== null) return null;
  const spec = fillUnit(record.spec, run.port);
  const { probe, timeout, probeTimeout } = spec.ready;
  if (probe === null || probe.kind === 'message' || probe.kind === 'notify') return null;
  if (probe.kind === 'exec')
    return { kind: 'not-asked', inTime: look.processes.takenAt - run.startedAt < timeout };
  const endpoints = endpointsOf(spec, run.port);
  const stranger = strangerOn(host, { instance, seen, look }, probe, endpoints);
  if (stranger !== null) return { kind: 'told', answer: stranger };
  const facts = {
    endpoints,
    timeout: Math.min(probeTimeout, longest),
    logs: logFilesOf({ logs: join(look.home, 'logs') }, spec),
    offset: run.logOffset,
    startedAt: run.startedAt,
    cwd: spec.launch.cwd,
    env: {},
  };
  return { kind: 'told', answer: await askProbe(host, probe, facts, signal) };
};
