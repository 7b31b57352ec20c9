import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import type { HttpAnswer, HttpRequest } from '../../src/host/host.js';
import { createHost } from '../../src/host/index.js';
import { serve, temporaryFolder } from './rig.js';

const { http } = createHost();

const ask = (url: string, more: Partial<HttpRequest> = {}): Promise<HttpAnswer> =>
  http.request({ method: 'GET', url, timeout: 5000, maxBytes: 10_000, ...more });

const askPort = (port: number, more: Partial<HttpRequest> = {}): Promise<HttpAnswer> =>
  ask(`http://127.0.0.1:${port}/`, more);

const reasonOf = (answer: HttpAnswer): string => (answer.kind === 'none' ? answer.why : `${answer.status}`);

const site = async (t: ExecutionContext, listener: RequestListener, host = '127.0.0.1'): Promise<number> => {
  const server = createServer(listener).listen(0, host);
  await once(server, 'listening');
  t.teardown(() => (server.closeAllConnections(), server.close()));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const hungUp = (socket: Socket): Promise<unknown> => once(socket, 'close');

test('request and answer arrive whole', async (t) => {
  const port = await site(t, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method, url, headers } = request;
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.statusCode = 503;
      response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(parts).toString() }));
    });
  });
  const answer = await ask(`http://u:p%40@127.0.0.1:${port}/a?b=c#d`, {
    method: 'POST',
    body: 'ü',
    headers: { 'x-token': 'secret' },
  });
  if (answer.kind !== 'answer') return t.fail(answer.text);
  t.is(answer.status, 503);
  t.is(answer.headers['set-cookie'], 'a=1, b=2');
  const seen = JSON.parse(answer.body) as { headers: Record<string, string> };
  t.like(seen, { method: 'POST', url: '/a?b=c', body: 'ü' });
  t.like(seen.headers, {
    'accept-encoding': 'identity',
    connection: 'close',
    'content-length': '2',
    authorization: `Basic ${Buffer.from('u:p@').toString('base64')}`,
    'x-token': 'secret',
    host: `127.0.0.1:${port}`,
  });
});

test('a redirect is an answer and is not followed', async (t) => {
  let asked = 0;
  const port = await site(t, (_request, response) => {
    asked += 1;
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  t.like(await askPort(port), { kind: 'answer', status: 302, body: '' });
  t.is(asked, 1);
});

test('a silent server times out, and its connection is hung up', async (t) => {
  const sockets: Socket[] = [];
  const { port } = await serve(t, (socket) => sockets.push(socket.resume()));
  const began = performance.now();
  t.is(reasonOf(await askPort(port, { timeout: 150 })), 'timeout');
  t.true(performance.now() - began < 2000);
  if (sockets[0] !== undefined) await hungUp(sockets[0]);
});

test('a server that drips is as late as a silent one', async (t) => {
  const { port } = await serve(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
    const timer = setInterval(() => socket.write('x'), 20);
    socket.on('close', () => clearInterval(timer));
  });
  t.is(reasonOf(await askPort(port, { timeout: 200 })), 'timeout');
});

test('an endless answer is cut off at its bound', async (t) => {
  let written = 0;
  const { port } = await serve(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
    const more = (): void => {
      if (socket.destroyed) return;
      written += 1024;
      socket.write(chunk, () => setImmediate(more));
    };
    more();
  });
  t.is(reasonOf(await askPort(port)), 'too-large');
  t.true(written < 64 * 1024 * 1024);
});

test('a body of just the bound is taken', async (t) => {
  const port = await site(t, (_request, response) => response.end('x'.repeat(10)));
  t.is(reasonOf(await askPort(port, { maxBytes: 10 })), '200');
  t.is(reasonOf(await askPort(port, { maxBytes: 9 })), 'too-large');
});

test('a packed body stays packed', async (t) => {
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  const port = await site(t, (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  });
  const answer = await askPort(port);
  t.true(answer.kind === 'answer' && answer.body.length <= bomb.length);
});

test('headers without end are too large', async (t) => {
  const { port } = await serve(t, (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`);
  });
  t.is(reasonOf(await askPort(port)), 'too-large');
});

test('what is no HTTP is malformed', async (t) => {
  const { port } = await serve(t, (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
  t.is(reasonOf(await askPort(port)), 'malformed');
});

test('a connection that ends in the middle is a reset', async (t) => {
  const early = await serve(t, (socket) => socket.destroy());
  t.is(reasonOf(await askPort(early.port)), 'reset');
  const middle = await serve(t, (socket) => {
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nabc');
  });
  t.is(reasonOf(await askPort(middle.port)), 'reset');
});

test('a switch of protocols is an answer', async (t) => {
  const sockets: Socket[] = [];
  const { port } = await serve(t, (socket) => {
    sockets.push(socket.resume());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
  });
  t.is(reasonOf(await askPort(port)), '101');
  if (sockets[0] !== undefined && !sockets[0].destroyed) await hungUp(sockets[0]);
});

test('nobody there is refused', async (t) => {
  const { port, server } = await serve(t, () => undefined);
  await new Promise((resolve) => server.close(resolve));
  t.is(reasonOf(await askPort(port)), 'refused');
  t.is(reasonOf(await ask('http://host.invalid/')), 'refused');
});

test('localhost is asked at both loopback addresses', async (t) => {
  const port = await site(t, (request, response) => response.end(request.headers.host), '::1');
  t.like(await ask(`http://localhost:${port}/`), { kind: 'answer', body: `localhost:${port}` });
  t.is(reasonOf(await ask(`http://[::1]:${port}/`)), '200');
  t.is(reasonOf(await askPort(port)), 'refused');
});

test('a unix socket is asked by its path', async (t) => {
  const socketPath = join(temporaryFolder(t), 's');
  const server = createServer((request, response) => response.end(request.url)).listen(socketPath);
  await once(server, 'listening');
  t.teardown(() => server.close());
  t.like(await ask('http://any/x', { socketPath }), { kind: 'answer', body: '/x' });
  t.is(reasonOf(await ask('http://any/x', { socketPath: `${socketPath}-missing` })), 'refused');
});

for (const url of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'not a url', '', 'javascript:1']) {
  test(`not asked at all: ${JSON.stringify(url)}`, async (t) => {
    t.is(reasonOf(await ask(url)), 'malformed');
  });
}

test('a request that cannot be written is malformed', async (t) => {
  t.is(reasonOf(await ask('http://127.0.0.1:1/', { method: 'A B' })), 'malformed');
  t.is(reasonOf(await ask('http://127.0.0.1:1/', { headers: { x: 'a\nb' } })), 'malformed');
  t.is(reasonOf(await ask('http://%zz:%zz@127.0.0.1:1/')), 'malformed');
});

test('who gives up is answered at once', async (t) => {
  const { port } = await serve(t, (socket) => socket.resume());
  const controller = new AbortController();
  const asked = askPort(port, { signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  t.is(reasonOf(await asked), 'aborted');
  t.is(reasonOf(await askPort(port, { signal: controller.signal })), 'aborted');
});
