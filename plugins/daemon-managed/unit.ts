import { unitOf, type Server, type UnitSpec } from 'mpm-io/plugin';
import { optionsOf } from './options.js';
import { declaredPlaces } from './places.js';

/** We write the PID file of a program that stays in the foreground; one that forks writes its own, and we read it. */
export const daemonUnit = (server: Server, index: number, home: string): UnitSpec => {
  const unit = unitOf(server, index);
  const paths = declaredPlaces(server, home);
  if (server.forks) return { ...unit, main: { kind: 'pidFile', paths } };
  const [path] = paths;
  if (path === undefined || server.type === 'task') return unit;
  return { ...unit, writePidFile: { path, format: optionsOf(server).pidFileFormat ?? 'json' } };
};
