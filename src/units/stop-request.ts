import type { Host } from '../host/host.js';
import { fillAll } from '../model/fill.js';
import { type Endpoint, formatAddress, reachableHost } from '../model/socket.js';
import type { StopStep } from '../model/unit.js';
import { plainText } from './log-files.js';

export type StepFacts = {
  readonly fill: Readonly<Record<string, string>>;
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** The main process is frozen: asking it is a waste of its time. */
  readonly frozen: () => boolean;
};

export type StopRequest = { readonly what: string; readonly outcome: string; readonly asked: boolean };

/** Asks the server itself, or a program of the user's, to stop it. Whether it did is judged by its processes. */
export const askToStop = async (
  host: Host,
  step: Exclude<StopStep, { kind: 'signal' }>,
  facts: StepFacts,
  endpoints: readonly Endpoint[],
  signal: AbortSignal,
): Promise<StopRequest> => {
  switch (step.kind) {
    case 'http':
      return askByHttp(host, fillAll(step, facts.fill), facts, endpoints, signal);
    case 'message':
      return { what: 'shutdown message', outcome: 'skipped: it needs a supervisor', asked: false };
    case 'exec':
      return askByProgram(host, fillAll(step, facts.fill), facts, signal);
  }
};

const askByHttp = async (
  host: Host,
  step: Extract<StopStep, { kind: 'http' }>,
  facts: StepFacts,
  endpoints: readonly Endpoint[],
  signal: AbortSignal,
): Promise<StopRequest> => {
  const { method, wait } = step;
  const target = urlOf(step.url, endpoints);
  const what = `${method} ${step.url}`;
  if (target === null) return { what, outcome: 'skipped: it has no endpoint', asked: false };
  if (facts.frozen()) return { what, outcome: 'skipped: its process is frozen', asked: false };
  const token = step.token === undefined ? null : readToken(host, step.token);
  const answer = await host.http.request({
    method,
    ...target,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    timeout: wait,
    maxBytes: 65_536,
    signal,
  });
  if (answer.kind === 'none') {
    // A server that ends at once may do so before it has answered.
    return { what, outcome: `no answer (${answer.why})`, asked: answer.why === 'reset' };
  }
  const accepted = answer.status >= 200 && answer.status < 300;
  return { what, outcome: `answered ${answer.status}`, asked: accepted };
};

/** A path stands on the server's own endpoint; a whole URL is taken as it is. */
export const urlOf = (
  url: string,
  endpoints: readonly Endpoint[],
): { readonly url: string; readonly socketPath?: string } | null => {
  if (!url.startsWith('/')) return { url };
  const [endpoint] = endpoints;
  if (endpoint === undefined) return null;
  if (endpoint.kind === 'unix') return { url: `http://localhost${url}`, socketPath: endpoint.path };
  return { url: `http://${formatAddress(reachableHost(endpoint.host), endpoint.port)}${url}` };
};

/** A token is a secret of the home: a path names the file that holds it. */
const readToken = (host: Host, token: string): string | null => {
  if (!token.startsWith('/')) return token;
  const read = host.files.readPlain(token, 4096);
  return read.kind === 'text' ? read.text.trim() : null;
};

const askByProgram = async (
  host: Host,
  step: Extract<StopStep, { kind: 'exec' }>,
  facts: StepFacts,
  signal: AbortSignal,
): Promise<StopRequest> => {
  const { command, wait } = step;
  const what = `run ${'shell' in command ? command.shell : command.argv.join(' ')}`;
  const result = await host.run(command, {
    ...(facts.cwd === null ? {} : { cwd: facts.cwd }),
    env: facts.env,
    timeout: wait,
    maxBytes: 65_536,
    signal,
  });
  if (result.kind === 'missing') return { what, outcome: plainText(result.text), asked: false };
  if (result.kind === 'killed') {
    return {
      what,
      outcome: result.timedOut ? `not done after ${wait} ms` : `killed by ${result.signal}`,
      asked: false,
    };
  }
  return { what, outcome: `exited with code ${result.code}`, asked: result.code === 0 };
};
