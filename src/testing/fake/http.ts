import type { Clock, Http, HttpAnswer, HttpRequest } from '../../host/host.js';
import type { FakeAnswer, FakeRoute } from './setup.js';
import type { FakeSockets } from './sockets.js';

export type FakeHttp = {
  readonly http: Http;
  readonly requests: HttpRequest[];
  /** With a socket path the URL is the one that is asked through it. */
  readonly answer: (url: string, answer: FakeAnswer, socketPath?: string) => void;
};

type Options = { readonly clock: Clock; readonly stateOf: FakeSockets['stateOf'] };

/**
 * Answers by URL. Where a fake process listened on the URL's port, its end refuses the connection and its stop
 * (SIGSTOP) makes it hang, as they would.
 */
export const createFakeHttp = ({ clock, stateOf }: Options): FakeHttp => {
  const answers = new Map<string, FakeAnswer>();
  const requests: HttpRequest[] = [];
  const keyOf = (url: string, socketPath = ''): string =>
    `${socketPath} ${URL.canParse(url) ? new URL(url).href : url}`;

  const routeOf = async (request: HttpRequest): Promise<FakeRoute> => {
    if (!/^https?:/i.test(request.url) || !URL.canParse(request.url)) return 'malformed';
    const state = request.socketPath === undefined ? stateOf(portOf(request.url)) : 'open';
    if (state === 'closed') return 'refused';
    if (state === 'frozen') return 'hang';
    const answer = answers.get(keyOf(request.url, request.socketPath)) ?? 'refused';
    return typeof answer === 'function' ? answer(request) : answer;
  };
  const send = async (request: HttpRequest): Promise<HttpAnswer> => {
    const aborted = { kind: 'none', why: 'aborted', text: 'The request was given up.' } as const;
    if (request.signal?.aborted === true) return aborted;
    requests.push(request);
    const route = await routeOf(request);
    if (route !== 'hang') return answerOf(route, request);
    await clock.sleep(request.timeout, request.signal);
    if (request.signal?.aborted) return aborted;
    return { kind: 'none', why: 'timeout', text: `No whole answer within ${request.timeout} ms.` };
  };
  return {
    http: { request: send },
    requests,
    answer: (url, answer, socketPath) => {
      answers.set(keyOf(url, socketPath), answer);
    },
  };
};

const answerOf = (route: Exclude<FakeRoute, 'hang'>, request: HttpRequest): HttpAnswer => {
  if (typeof route === 'string') return { kind: 'none', why: route, text: `${request.url}: ${route}` };
  const { status = 200, body = '', headers = {} } = route;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (Buffer.byteLength(text) > request.maxBytes) {
    return { kind: 'none', why: 'too-large', text: `The answer is larger than ${request.maxBytes} bytes.` };
  }
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  return { kind: 'answer', status, headers: { 'content-type': type, ...headers }, body: text };
};

const portOf = (url: string): number => {
  const { port, protocol } = new URL(url);
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
};
