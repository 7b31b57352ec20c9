import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Compatibility, Health, Paths } from './contract.js';

/** What the endpoints ask of a managed server. */
export type Asked = {
  readonly routes: ReadonlyMap<string, keyof Paths>;
  readonly health: () => Health;
  readonly stats: () => object;
  readonly readiness: () => { readonly ready: boolean; readonly reason: string | null };
  readonly version: () => object;
  readonly compatible: (clientVersion: string) => Compatibility;
  /** `null`: no shutdown is offered. */
  tokenMatches: ((given: string) => boolean) | null;
  readonly shutdown: () => void;
};

const bodyLimit = 16 * 1024;

/** Answers a request for one of our paths; `false`: it is the application's. */
export const answer = (asked: Asked, request: IncomingMessage, response: ServerResponse): boolean => {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const endpoint = asked.routes.get(path);
  if (endpoint === undefined) return false;
  if (endpoint === 'shutdown') return takeShutdown(asked, request, response);
  if (endpoint === 'compatibility') return takeCompatibility(asked, request, response);
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  request.resume();
  const [status, body] = read(asked, endpoint, mark < 0 ? '' : target.slice(mark));
  send(request, response, status, body);
  return true;
};

const read = (
  asked: Asked,
  endpoint: 'health' | 'ready' | 'stats' | 'version',
  query: string,
): readonly [number, object] => {
  switch (endpoint) {
    case 'health': {
      const health = asked.health();
      return [health.status === 'unhealthy' ? 503 : 200, health];
    }
    case 'ready': {
      const { ready, reason } = asked.readiness();
      return [ready ? 200 : 503, { ready, reason }];
    }
    case 'stats':
      return [200, asked.stats()];
    case 'version': {
      const client = new URLSearchParams(query).get('client');
      return client === null ? [200, asked.version()] : compatibility(asked, client);
    }
  }
};

const compatibility = (asked: Asked, client: string): readonly [number, object] => {
  try {
    return [200, asked.compatible(client)];
  } catch (thrown) {
    return [400, { error: thrown instanceof Error ? thrown.message : String(thrown) }];
  }
};

const takeCompatibility = (asked: Asked, request: IncomingMessage, response: ServerResponse): boolean => {
  if (request.method !== 'POST') return false;
  let size = 0;
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= bodyLimit) chunks.push(chunk);
  });
  request.on('end', () => {
    if (size > bodyLimit) return send(request, response, 413, { error: `More than ${bodyLimit} bytes.` });
    const client = clientVersionIn(Buffer.concat(chunks).toString('utf8'));
    if (client === null)
      return send(request, response, 400, { error: 'Send JSON: {"client_version": "1.2.3"}' });
    return send(request, response, ...compatibility(asked, client));
  });
  return true;
};

const clientVersionIn = (text: string): string | null => {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('client_version' in body)) return null;
    return typeof body.client_version === 'string' ? body.client_version : null;
  } catch {
    return null; // not JSON: told as such
  }
};

/** Only who can read the token file of this process, and never a page in a browser. */
const takeShutdown = (asked: Asked, request: IncomingMessage, response: ServerResponse): boolean => {
  if (asked.tokenMatches === null) return false;
  request.resume();
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    send(request, response, 405, { error: 'Only POST.' });
    return true;
  }
  const given = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const allowed = request.headers.origin === undefined && given !== undefined && asked.tokenMatches(given);
  if (!allowed) {
    send(request, response, 403, { error: 'Only the owner of the process, with its token.' });
    return true;
  }
  response.shouldKeepAlive = false;
  response.once('close', () => asked.shutdown());
  send(request, response, 202, { status: 'draining', pid: process.pid });
  return true;
};

const send = (request: IncomingMessage, response: ServerResponse, status: number, body: object): void => {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : text);
};
