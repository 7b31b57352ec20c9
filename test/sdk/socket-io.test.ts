import { once } from 'node:events';
import { connect } from 'node:net';
import { io } from 'socket.io-client';
import test from 'ava';
import { json, startManaged, until } from './program.js';
import type { ExecutionContext } from 'ava';
import type { Socket } from 'socket.io-client';

const client = (t: ExecutionContext, url: string, options: object = {}): Socket => {
  const socket = io(url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200, ...options });
  t.teardown(() => socket.disconnect());
  return socket;
};

const connected = (socket: Socket): Promise<void> => until(() => socket.connected, 'connected');

for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']])
  test(`${transports.join(' then ')}: clients come back by themselves after a restart`, async (t) => {
    const first = await startManaged(t, 'socket');
    const socket = client(t, first.url, { transports });
    const reasons: string[] = [];
    socket.on('disconnect', (reason) => reasons.push(reason));
    const goodbyes: number[] = [];
    socket.on('goodbye', (n: number) => goodbyes.push(n));
    await connected(socket);
    t.is(await socket.emitWithAck('say', 'before'), 'before');

    first.kill('SIGTERM');
    t.deepEqual(await first.exit, { code: 0, signal: null });
    await until(() => !socket.connected, 'disconnected');
    t.deepEqual(goodbyes, [1, 2, 3], 'what was sent before the end arrives');
    t.true(socket.active, `it will try again after ${reasons.join()}`);

    await startManaged(t, 'socket', {}, { PORT: String(first.port) });
    await connected(socket);
    t.is(await socket.emitWithAck('say', 'after'), 'after');
    t.false(reasons.includes('io server disconnect'));
  });

for (const kind of ['socket', 'standalone', 'later'])
  test(`${kind}: health and stats count clients, events, namespaces and rooms`, async (t) => {
    const server = await startManaged(t, kind);
    const main = client(t, server.url);
    const other = client(t, `${server.url}/other`);
    await connected(main);
    await connected(other);
    await main.emitWithAck('say', 'one');
    await main.emitWithAck('say', 'two');
    t.like(await json(`${server.url}/health`), { clients_connected: 2 });
    t.like(await json(`${server.url}/stats`), {
      connections: { current: 2, total: 2 },
      events: 2,
      rooms: 1,
      namespaces: [
        { name: '/', sockets: 1, rooms: 0 },
        { name: '/other', sockets: 1, rooms: 1 },
      ],
    });
    main.disconnect();
    other.disconnect();
    await until(
      async () => (await json(`${server.url}/health`))['clients_connected'] === 0,
      'nobody is connected',
    );
    t.like((await json(`${server.url}/stats`))['connections'], { current: 0, total: 2 });
  });

test('a client that has gone silent does not hold the end up', async (t) => {
  const server = await startManaged(t, 'socket', { timeout: 2000 });
  // Upgrades to a websocket, and never answers anything after that, not even the close.
  const socket = connect(server.port, '127.0.0.1', () =>
    socket.write(
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    ),
  );
  socket.on('error', () => undefined);
  t.teardown(() => socket.destroy());
  const [first] = (await once(socket, 'data')) as [Buffer];
  t.regex(first.toString('latin1'), /^HTTP\/1.1 101 /);
  socket.pause();
  const began = performance.now();
  server.kill('SIGTERM');
  t.is((await server.exit).code, 0);
  t.true(performance.now() - began < 6000);
});
