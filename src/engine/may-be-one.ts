import type { Server } from '../model/server.js';

/** Could one process be taken for either of these servers? They share a port or the place of a PID file. */
export const mayBeOne = (a: Server, b: Server): boolean => {
  const [x, y] = [portsOf(a), portsOf(b)];
  const samePort = x !== null && y !== null && x.from <= y.to && y.from <= x.to;
  return samePort || a.pidFile.some((path) => b.pidFile.includes(path));
};

const portsOf = ({ port, instances }: Server): { readonly from: number; readonly to: number } | null => {
  if (port === null) return null;
  return port.kind === 'range'
    ? { from: port.from, to: port.to }
    : { from: port.port, to: port.port + (port.spread ? instances - 1 : 0) };
};
