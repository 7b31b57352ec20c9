import type { Holder, Listener, ListenerTable } from '../../model/socket.js';
import { toolText } from './tool-text.js';

/** Weaker than /proc: lsof shows other users' sockets to root alone, so a port that is not here may still be taken. */
export const lsofListeners = (): ListenerTable =>
  listenerTable(parseLsof(toolText('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-F', 'pufdtn']) ?? ''));

const listenerTable = (holders: readonly Holder[]): ListenerTable => ({
  rows: Object.freeze(holders.map(withoutPids)),
  holders: (port) => holders.filter((holder) => holder.port === port),
});

const withoutPids = ({ family, address, port, inode, uid }: Holder): Listener =>
  Object.freeze({ family, address, port, inode, uid });

type Draft = { pid: number; uid: number; family: 4 | 6; device: string };

/**
 * Reads `lsof -F pufdtn`: one field a line, its kind told by the first letter. A socket that several processes share
 * has one device on macOS, told as its inode; lsof on other systems gives each its own number as well.
 */
export const parseLsof = (text: string): readonly Holder[] => {
  const found = new Map<string, Holder>();
  const draft: Draft = { pid: 0, uid: 0, family: 4, device: '' };
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) draft.pid = Number(value);
    else if (line.startsWith('u')) draft.uid = Number(value);
    else if (line.startsWith('f')) draft.device = '';
    else if (line.startsWith('t')) draft.family = value === 'IPv6' ? 6 : 4;
    else if (line.startsWith('d')) draft.device = value;
    else if (line.startsWith('n')) addHolder(found, draft, value);
  }
  return [...found.values()];
};

const addHolder = (found: Map<string, Holder>, draft: Draft, name: string): void => {
  const match = /^(.*):(\d+)$/.exec(name);
  if (match === null) return;
  const [, host = '', port] = match;
  const key = `${draft.device} ${name} ${draft.family}`;
  const known = found.get(key);
  const pids = [...new Set([...(known?.pids ?? []), draft.pid])];
  found.set(key, {
    family: draft.family,
    address: addressOf(host, draft.family),
    port: Number(port),
    inode: Number(draft.device) || 0,
    uid: draft.uid,
    pids,
  });
};

const addressOf = (host: string, family: 4 | 6): string => {
  if (host === '*') return family === 4 ? '0.0.0.0' : '::';
  return host.replace(/^\[(.*)\]$/, '$1');
};
