import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type { HttpAnswer, HttpRequest } from './host.js';
import { explainHttpError, noAnswer } from './http-failure.js';
import { localAddresses } from './local-addresses.js';

/**
 * One request, one answer, never a rejection. Redirects are answers like others, bodies are not decoded (a packed
 * one stays bytes, so it cannot grow), and one deadline covers everything from the look-up of the name to the last
 * byte: a server that drips is as late as one that is silent.
 */
export const requestHttp = async (request: HttpRequest): Promise<HttpAnswer> => {
  const url = parseUrl(request.url);
  if (url === null) return noAnswer('malformed', `${request.url} is not an http or https URL.`);
  const deadline = performance.now() + request.timeout;
  let answer: HttpAnswer = noAnswer('refused', `${request.url} has no address.`);
  for (const hostname of addressesOf(url, request)) {
    answer = await askOnce(request, url, hostname, deadline);
    if (answer.kind === 'answer' || answer.why !== 'refused') return answer;
  }
  return answer;
};

const parseUrl = (text: string): URL | null => {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url : null;
};

const addressesOf = (url: URL, request: HttpRequest): readonly string[] =>
  request.socketPath === undefined
    ? localAddresses(url.hostname.replace(/^\[(.*)\]$/, '$1'))
    : [url.hostname];

const askOnce = async (
  request: HttpRequest,
  url: URL,
  hostname: string,
  deadline: number,
): Promise<HttpAnswer> => {
  if (request.signal?.aborted === true) return noAnswer('aborted', 'The request was given up.');
  const left = deadline - performance.now();
  if (left <= 0) return late(request);
  const send = await loadSend(url);
  return new Promise((resolve) => {
    let sent: ClientRequest | null = null;
    const settle = (answer: HttpAnswer): void => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', abort);
      resolve(answer);
      sent?.destroy();
    };
    const abort = (): void => settle(noAnswer('aborted', 'The request was given up.'));
    const timer = setTimeout(() => settle(late(request)), left);
    request.signal?.addEventListener('abort', abort, { once: true });
    try {
      sent = send(optionsOf(request, url, hostname));
      sent.on('error', (error) => settle(explainHttpError(error)));
      sent.on('close', () => settle(noAnswer('reset', 'The connection was closed before the answer.')));
      sent.on('upgrade', (response, socket) => {
        settle(answerOf(response, ''));
        socket.destroy();
      });
      sent.on('response', (response) => collect(response, request.maxBytes, settle));
      sent.end(request.body);
    } catch (error) {
      settle(explainHttpError(error));
    }
  });
};

type Send = (options: RequestOptions) => ClientRequest;

const loadSend = async (url: URL): Promise<Send> =>
  url.protocol === 'https:' ? (await import('node:https')).request : (await import('node:http')).request;

const optionsOf = (
  request: HttpRequest,
  url: URL,
  hostname: string,
): RequestOptions & { servername?: string } => ({
  method: request.method,
  path: `${url.pathname}${url.search}`,
  headers: { 'accept-encoding': 'identity', connection: 'close', host: url.host, ...request.headers },
  agent: false,
  maxHeaderSize: 16_384,
  ...(url.username === '' ? {} : { auth: credentialsOf(url) }),
  ...(request.socketPath === undefined
    ? { hostname, port: url.port === '' ? null : Number(url.port) }
    : { socketPath: request.socketPath }),
  ...(url.protocol === 'https:' && isName(url.hostname) ? { servername: url.hostname } : {}),
});

const credentialsOf = (url: URL): string =>
  `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;

const isName = (hostname: string): boolean => !/^[\d.]+$|^\[/.test(hostname);

const collect = (response: IncomingMessage, maxBytes: number, settle: (answer: HttpAnswer) => void): void => {
  const parts: Buffer[] = [];
  let bytes = 0;
  response.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > maxBytes) settle(noAnswer('too-large', `The answer is larger than ${maxBytes} bytes.`));
    else parts.push(part);
  });
  response.on('error', (error) => settle(explainHttpError(error)));
  response.on('end', () => settle(answerOf(response, Buffer.concat(parts).toString('utf8'))));
};

const answerOf = (response: IncomingMessage, body: string): HttpAnswer => ({
  kind: 'answer',
  status: response.statusCode ?? 0,
  headers: Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  ),
  body,
});

const late = (request: HttpRequest): HttpAnswer =>
  noAnswer('timeout', `No whole answer within ${request.timeout} ms.`);
