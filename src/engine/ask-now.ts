import type { Host } from '../host/host.js';
import { fillAll } from '../model/fill.js';
import type { Instance } from '../model/server.js';
import { type AskableProbe, askProbe, type ProbeAnswer } from '../units/probe.js';
import { type Asked, strangerOn } from './stranger.js';

const defaultTimeout = 2000;

type Environment = Readonly<Record<string, string>>;

/** The same as `askNow`, of a server that was seen: who else sits on its port does not answer for it. */
export const askOwn = async (
  host: Host,
  asked: Asked,
  probe: AskableProbe,
  longest: number,
  env: Environment,
  signal: AbortSignal,
): Promise<ProbeAnswer> => {
  const { instance } = asked;
  return (
    strangerOn(host, asked, filled(probe, instance), instance.endpoints) ??
    (await askNow(host, instance, probe, longest, env, signal))
  );
};

export const askNow = (
  host: Host,
  instance: Instance,
  probe: AskableProbe,
  longest: number,
  env: Environment,
  signal: AbortSignal,
): Promise<ProbeAnswer> => {
  const { server, endpoints } = instance;
  const facts = {
    endpoints,
    timeout: Math.min(server.health?.timeout ?? defaultTimeout, longest),
    logs: { out: null, err: null },
    offset: { out: 0, err: 0 },
    startedAt: 0,
    cwd: server.cwd,
    env,
  };
  return askProbe(host, filled(probe, instance), facts, signal);
};

const filled = (probe: AskableProbe, { server, port, index }: Instance): AskableProbe =>
  fillAll(probe, {
    name: server.name,
    instance: String(index),
    host: server.host ?? '127.0.0.1',
    ...(port === null ? {} : { port: String(port) }),
  });
