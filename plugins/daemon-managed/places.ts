import { join, resolve } from 'node:path';
import { fillText, type Server } from 'mpm-io/plugin';

/** Where the PID file of a server may lie, in the order to try. Without a declared one: beside the ecosystem file. */
export const declaredPlaces = ({ pidFile, folder, name }: Server, home: string): readonly string[] =>
  pidFile.length === 0
    ? [join(folder, `${encodeURIComponent(name)}.pid`)]
    : pidFile.map((path) => resolve(folder, expandHome(path, home)));

/** The same, with everything filled that is known; a place that asks for a port that nobody knows is no place. */
export const placesOf = (
  server: Server,
  fill: Readonly<Record<string, string>>,
  home: string,
): readonly string[] =>
  declaredPlaces(server, home)
    .map((path) => fillText(path, fill))
    .filter((path) => !path.includes('{port}'));

const expandHome = (path: string, home: string): string =>
  path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;

/** A place where programs are known to leave their PID file. `onlyPort`: it says nothing of any other port. */
type KnownPlace = { readonly path: string; readonly onlyPort: number | null };

const knownPlaces: readonly KnownPlace[] = [
  { path: '~/.claude-mpm/socketio-server.pid', onlyPort: 8765 },
  { path: '/tmp/claude_mpm_socketio_{port}.pid', onlyPort: null },
  { path: '{cwd}/.claude-mpm/socketio-server.pid', onlyPort: 8765 },
  { path: '{cwd}/.claude-mpm/monitor-daemon-{port}.pid', onlyPort: null },
  { path: '{cwd}/.claude-mpm/monitor-daemon.pid', onlyPort: null },
  { path: '/run/{comm}.pid', onlyPort: null },
  { path: '/run/{comm}/{comm}.pid', onlyPort: null },
];

/** The files that may name a process which holds `port` (`null`: it holds none). */
export const knownFiles = (
  process: { readonly cwd: string | null; readonly comm: string },
  port: number | null,
  home: string,
  more: readonly string[],
): readonly string[] => {
  const fill = {
    ...(process.cwd === null ? {} : { cwd: process.cwd === '/' ? '' : process.cwd }),
    ...(/^[\w.+-]+$/.test(process.comm) && !process.comm.startsWith('.') ? { comm: process.comm } : {}),
    ...(port === null ? {} : { port: String(port) }),
  };
  return [...knownPlaces, ...more.map((path) => ({ path, onlyPort: null }))]
    .filter(({ onlyPort }) => onlyPort === null || onlyPort === port)
    .map(({ path }) => expandHome(fillText(path, fill), home))
    .filter((path) => path.startsWith('/') && !/\{(port|cwd|comm)\}/.test(path));
};
