/** A chat: names, rooms, typing, a history that late comers get. `PORT=3710 node examples/chat/server.mjs`, then open it in a browser. */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { Server } from 'socket.io';
import { host, manage, port } from 'mpm-io/server';
import { createRooms } from './rooms.mjs';

const page = await readFile(new URL('public/index.html', import.meta.url));

const server = createServer((request, response) => {
  if (request.url !== '/') return response.writeHead(404).end('not found\n');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
});
const io = new Server(server, { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } });
const rooms = createRooms({ keep: 200 });

io.on('connection', (socket) => {
  socket.data.name = rooms.freeName(socket.handshake.auth.name);
  socket.emit('welcome', { name: socket.data.name, rooms: rooms.names() });

  socket.on('join', (name, since, done) => {
    const room = rooms.open(name);
    if (room === null) return done?.({ error: 'A room has a name of 1 to 40 characters.' });
    if (socket.data.room !== undefined) leave(socket);
    socket.data.room = room.name;
    void socket.join(room.name);
    socket.to(room.name).emit('joined', { name: socket.data.name });
    io.emit('rooms', rooms.names());
    return done?.({ room: room.name, messages: room.since(Number(since) || 0) });
  });

  socket.on('say', (text, done) => {
    const message = rooms.say(socket.data.room, socket.data.name, text);
    if (message === null) return done?.({ error: 'Join a room first, and say 1 to 2000 characters.' });
    io.to(socket.data.room).emit('message', message);
    return done?.({ id: message.id });
  });

  socket.on('typing', (is) => {
    if (socket.data.room !== undefined)
      socket.to(socket.data.room).volatile.emit('typing', { name: socket.data.name, is: is === true });
  });

  socket.on('disconnecting', () => {
    leave(socket);
    rooms.giveBack(socket.data.name);
  });
});

/** A second namespace: figures for whoever watches, no chat. */
const lobby = io.of('/lobby');
lobby.on('connection', (socket) => socket.emit('rooms', rooms.summary(io)));
setInterval(() => lobby.volatile.emit('rooms', rooms.summary(io)), 2000).unref();

const leave = (socket) => {
  const { room, name } = socket.data;
  if (room === undefined) return;
  void socket.leave(room);
  socket.to(room).emit('left', { name });
};

manage(io, {
  version: '1.0.0',
  minClient: '1.0',
  onDrain: () => io.emit('notice', 'The server restarts; you will be back in a moment.'),
});

server.listen(port(3710), host(), () => {
  const { address, port: bound } = server.address();
  console.log(`chat on http://${address}:${bound}`);
});
