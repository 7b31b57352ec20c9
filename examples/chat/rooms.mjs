/** Rooms with their last messages, and the names of who is here. All in memory. */
export const createRooms = ({ keep }) => {
  const rooms = new Map();
  const taken = new Set();

  const open = (name) => {
    if (typeof name !== 'string' || name.trim() === '' || name.length > 40) return null;
    const key = name.trim();
    if (!rooms.has(key)) rooms.set(key, { name: key, messages: [], next: 1 });
    const room = rooms.get(key);
    return { name: key, since: (id) => room.messages.filter((message) => message.id > id) };
  };

  const say = (roomName, author, text) => {
    const room = rooms.get(roomName);
    if (room === undefined || typeof text !== 'string' || text.trim() === '' || text.length > 2000)
      return null;
    const message = { id: room.next++, at: new Date().toISOString(), author, text };
    room.messages = [...room.messages, message].slice(-keep);
    return message;
  };

  const freeName = (wanted) => {
    const base = typeof wanted === 'string' && wanted.trim() !== '' ? wanted.trim().slice(0, 24) : 'guest';
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base} ${n}`;
    taken.add(name);
    return name;
  };

  return {
    open,
    say,
    freeName,
    giveBack: (name) => taken.delete(name),
    names: () => [...rooms.keys()].sort((a, b) => a.localeCompare(b)),
    summary: (io) =>
      [...rooms.values()].map(({ name, messages }) => ({
        name,
        here: io.sockets.adapter.rooms.get(name)?.size ?? 0,
        messages: messages.length,
      })),
  };
};
