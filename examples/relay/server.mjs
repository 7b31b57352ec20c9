/**
 * An event relay: a tool sends events, everybody else gets them, late comers ask for what they missed. It speaks as the relay of
 * docs/coming-from-claude-mpm.md does: connection_ack, ping and pong, claude_event, get_history. `PORT=3720 node examples/relay/server.mjs`
 */
import { Server } from 'socket.io';
import { createServer } from 'node:http';
import { host, manage, port } from 'mpm-io/server';
import { createHistory } from './history.mjs';

const version = '1.0.0';
const server = createServer((_, response) =>
  response.writeHead(404).end('a relay: connect with socket.io\n'),
);
const io = new Server(server);
const managed = manage(io, { version, minClient: '0.7.0' });

const relay = (name) => {
  const namespace = io.of(name);
  const history = createHistory({ keep: 10_000 });

  namespace.on('connection', (socket) => {
    socket.emit('connection_ack', {
      client_id: socket.id,
      namespace: name,
      server_status: managed.status,
      server_id: managed.id,
      server_version: version,
    });
    warn(socket);

    socket.on('ping', (data, done) => {
      const pong = { time: new Date().toISOString(), data: typeof data === 'function' ? null : data };
      socket.emit('pong', pong);
      [data, done].find((given) => typeof given === 'function')?.(pong);
    });
    socket.on('get_version', () =>
      socket.emit('version_info', { server_version: version, server_id: managed.id, node: process.version }),
    );
    socket.on('claude_event', (event, done) => {
      const entry = history.add(event);
      socket.broadcast.emit('claude_event', entry);
      if (typeof done === 'function') done({ seq: entry.seq });
    });
    socket.on('get_history', (query) => socket.emit('event_history', history.last(query)));
  });
};

/** Tells a client of another age, and lets it stay. */
const warn = (socket) => {
  const client = socket.handshake.auth.client_version;
  if (typeof client !== 'string') return;
  try {
    const { compatible, warnings } = managed.compatible(client);
    if (!compatible) socket.emit('compatibility_warning', { warnings });
  } catch (error) {
    socket.emit('compatibility_warning', { warnings: [error.message] });
  }
};

for (const name of ['/', '/hooks', '/system']) relay(name);

server.listen(port(3720), host(), () => {
  const { address, port: bound } = server.address();
  console.log(`relay on http://${address}:${bound}`);
});
