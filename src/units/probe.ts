import { runBounded, timedOut } from '../host/bounded.js';
import type { Host } from '../host/host.js';
import type { Expectation, Probe } from '../model/probe.js';
import { type Endpoint, reachableHost } from '../model/socket.js';
import { type LogFiles, plainText } from './log-files.js';
import { urlOf } from './stop-request.js';

/** What can be asked from outside. The other two are told by the server itself, to whoever keeps it. */
export type AskableProbe = Exclude<Probe, { kind: 'message' } | { kind: 'notify' }>;

export type ProbeFacts = {
  readonly endpoints: readonly Endpoint[];
  /** Of a single question, ms. */
  readonly timeout: number;
  readonly logs: LogFiles;
  /** Bytes in the log files when this generation began. */
  readonly offset: { readonly out: number; readonly err: number };
  /** Epoch, ms. */
  readonly startedAt: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
};

export type ProbeAnswer = {
  readonly pass: boolean;
  /** What was seen, for people. */
  readonly text: string;
  /** It let itself be asked and did not answer in time. */
  readonly silent?: boolean;
  /** Nobody has answered: refused, hung up, or too late. */
  readonly unheard?: boolean;
};

export type Prober = (signal: AbortSignal) => Promise<ProbeAnswer>;

/** One question. Who asks again and again keeps a prober, which reads a log on from where it stopped. */
export const askProbe = (
  host: Host,
  probe: AskableProbe,
  facts: ProbeFacts,
  signal: AbortSignal,
): Promise<ProbeAnswer> => createProber(host, probe, facts)(signal);

export const createProber = (host: Host, probe: AskableProbe, facts: ProbeFacts): Prober => {
  switch (probe.kind) {
    case 'http':
      return (signal) => askHttp(host, probe, facts, signal);
    case 'tcp':
      return () => askTcp(host, probe, facts);
    case 'log':
      return createLogProber(host, probe, facts);
    case 'exec':
      return (signal) => askProgram(host, probe, facts, signal);
    case 'delay':
      return () => Promise.resolve(askClock(host, probe.ms, facts));
  }
};

/** `http /health on port 3000`. */
export const probeWords = (probe: AskableProbe): string => {
  switch (probe.kind) {
    case 'http':
      return `a good answer from ${probe.url}`;
    case 'tcp':
      return `a connection to port ${probe.port}`;
    case 'log':
      return `a log line like /${probe.pattern}/${probe.flags}`;
    case 'exec':
      return `exit 0 of ${'shell' in probe.command ? probe.command.shell : probe.command.argv.join(' ')}`;
    case 'delay':
      return `${probe.ms} ms of life`;
  }
};

const askHttp = async (
  host: Host,
  probe: Extract<Probe, { kind: 'http' }>,
  facts: ProbeFacts,
  signal: AbortSignal,
): Promise<ProbeAnswer> => {
  const target = urlOf(probe.url, facts.endpoints);
  if (target === null) return { pass: false, text: `there is no endpoint for ${probe.url}` };
  const answer = await host.http.request({
    method: 'GET',
    ...target,
    timeout: facts.timeout,
    maxBytes: 1024 * 1024,
    signal,
  });
  if (answer.kind === 'none')
    return {
      pass: false,
      text: `${target.url} did not answer (${answer.why})`,
      silent: answer.why === 'timeout',
      unheard: true,
    };
  const { status, body } = answer;
  if (status < 200 || status > 299) return { pass: false, text: `${target.url} answered ${status}` };
  const wrong = probe.expect === undefined ? null : disappointment(body, probe.expect);
  return wrong === null
    ? { pass: true, text: `${target.url} answered ${status}` }
    : { pass: false, text: `${target.url} answered ${status}, but ${wrong}` };
};

const disappointment = (body: string, expected: readonly Expectation[]): string | null => {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return 'its answer is not JSON';
  }
  for (const { path, oneOf } of expected) {
    const found = valueAt(value, path);
    if (found === undefined) return plainText(`it says no ${path}`);
    const text = typeof found === 'string' ? found : String(JSON.stringify(found));
    if (!oneOf.includes(text)) return plainText(`${path} is ${text}, not ${oneOf.join(' or ')}`);
  }
  return null;
};

/** `status`, `checks.0.state`. */
const valueAt = (value: unknown, path: string): unknown => {
  let at = value;
  for (const part of path === '' ? [] : path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
};

const askTcp = async (
  host: Host,
  probe: Extract<Probe, { kind: 'tcp' }>,
  facts: ProbeFacts,
): Promise<ProbeAnswer> => {
  const port = Number(probe.port);
  if (!Number.isInteger(port)) return { pass: false, text: 'it has no port' };
  const answer = await host.sockets.connect({ port, host: reachableHost(probe.host) }, facts.timeout);
  return { pass: answer === 'open', text: `port ${port} is ${answer}` };
};

const askProgram = async (
  host: Host,
  probe: Extract<Probe, { kind: 'exec' }>,
  facts: ProbeFacts,
  signal: AbortSignal,
): Promise<ProbeAnswer> => {
  const { timeout, cwd, env } = facts;
  const result = await host.run(probe.command, { cwd, env, timeout, maxBytes: 65_536, signal });
  if (result.kind === 'missing') return { pass: false, text: plainText(result.text) };
  if (result.kind === 'killed')
    return {
      pass: false,
      text: signal.aborted ? 'it was called off' : `it was not done after ${timeout} ms`,
    };
  return { pass: result.code === 0, text: `it exited with code ${result.code}` };
};

const askClock = (host: Host, ms: number, { startedAt }: ProbeFacts): ProbeAnswer => {
  const age = host.clock.now() - startedAt;
  return { pass: age >= ms, text: `it is ${age} ms old` };
};

const blockBytes = 256 * 1024;
const longestLine = 16 * 1024;

const createLogProber = (host: Host, probe: Extract<Probe, { kind: 'log' }>, facts: ProbeFacts): Prober => {
  const pattern = new RegExp(probe.pattern, probe.flags.replace(/[gy]/g, ''));
  const { logs, offset } = facts;
  const readers = [createLineReader(host, logs.out, offset.out, pattern)];
  if (logs.err !== logs.out) readers.push(createLineReader(host, logs.err, offset.err, pattern));
  let text = 'no such line was written yet';
  return () => {
    for (const read of readers) {
      const found = read();
      if (found === true) return Promise.resolve({ pass: true, text: 'the line was written' });
      if (found === timedOut) text = `its pattern was not done with a line within ${patternTime} ms`;
    }
    return Promise.resolve({ pass: false, text });
  };
};

/** A pattern that tries every way to part a line (`(a+)+$`) would hold up everything, the answer to a signal included. */
const patternTime = 1000;

/** Reads on, and says whether one of the lines that came fits; also the last one, before its end is written. */
const createLineReader = (
  host: Host,
  path: string | null,
  from: number,
  pattern: RegExp,
): (() => boolean | typeof timedOut) => {
  let at = from;
  let rest = '';
  return () => {
    for (;;) {
      const read = path === null ? null : host.files.readRange(path, at, blockBytes);
      if (read === null || read.text === '') return false;
      if (read.size < at) at = 0; // truncated by a rotation: it begins anew
      at += Buffer.byteLength(read.text);
      const lines = (rest + read.text).split('\n');
      rest = (lines.at(-1) ?? '').slice(-longestLine);
      const found = runBounded(() => lines.some((line) => fits(pattern, line)), patternTime);
      if (found !== false) return found;
    }
  };
};

const fits = (pattern: RegExp, line: string): boolean => {
  const text = line.slice(0, longestLine);
  return pattern.test(text) || (text.includes('\u001b') && pattern.test(plainText(text)));
};
