import { fillAll } from '../model/fill.js';
import type { Probe } from '../model/probe.js';
import { type AskableProbe, askProbe } from '../units/probe.js';
import type { Assessment } from './assess.js';
import type { Observation } from './snapshot.js';
import type { Workspace } from './workspace.js';

export type HealthAnswer = { readonly healthy: boolean; readonly text: string; readonly ms: number | null };

const defaultTimeout = 2_000;

/** Is it well? By its declared probe, asked now; without one, by what its style has just seen. */
export const askHealth = async (
  { instance }: Observation,
  workspace: Workspace,
  assessment: Assessment,
): Promise<HealthAnswer> => {
  if (assessment.is !== 'running')
    return { healthy: false, text: assessment.reason ?? `it is ${assessment.is}`, ms: null };
  const { server, port, index } = instance;
  const probe = repeatable(server.health?.probe ?? null) ?? repeatable(server.ready.probe);
  if (assessment.unresponsive)
    return { healthy: false, text: 'it accepts connections and does not answer', ms: null };
  if (probe === null || assessment.ready !== null)
    return {
      healthy: assessment.ready !== false,
      text:
        assessment.reason ??
        (assessment.ready === null ? 'it runs' : assessment.ready ? 'it answers' : 'it is not ready'),
      ms: null,
    };
  const { clock } = workspace.host;
  const began = clock.monotonic();
  const host = server.host ?? '127.0.0.1';
  const fill = {
    name: server.name,
    instance: String(index),
    host,
    ...(port === null ? {} : { port: String(port) }),
  };
  const facts = {
    endpoints: instance.endpoints,
    timeout: server.health?.timeout ?? defaultTimeout,
    logs: { out: null, err: null },
    offset: { out: 0, err: 0 },
    startedAt: 0,
    cwd: server.cwd,
    env: workspace.environment,
  };
  const answer = await askProbe(workspace.host, fillAll(probe, fill), facts, workspace.signal);
  return { healthy: answer.pass, text: answer.text, ms: Math.round(clock.monotonic() - began) };
};

/** Only what can be asked again tells health: a log line or a message was said once. */
const repeatable = (probe: Probe | null): AskableProbe | null =>
  probe !== null && (probe.kind === 'http' || probe.kind === 'tcp' || probe.kind === 'exec') ? probe : null;
