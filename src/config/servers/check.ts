import type { Notes } from '../notes.js';
import type { ServerOutput } from '../schema/server.js';
import { kindsOf, probeOf, waitForProbes } from './probes.js';

type Path = readonly PropertyKey[];

/** What a schema cannot say of a server: keys that contradict or need each other. */
export const checkServer = (
  server: ServerOutput,
  env: Readonly<Record<string, string>>,
  at: Path,
  notes: Notes,
): void => {
  checkProbes(server, at, notes);
  checkPorts(server, env, at, notes);
  checkOwnPaths(server, at, notes);
  if (server.script !== undefined && server.command !== undefined)
    notes.problem([...at, 'command'], 'stands beside `script`: give one of the two.');
  if (server.script === undefined && server.command === undefined)
    for (const key of ['args', 'interpreter', 'interpreterArgs'] as const)
      if (server[key] !== undefined) notes.problem([...at, key], 'needs a `script` or a `command`.');
  if (server.command !== undefined)
    for (const key of ['interpreter', 'interpreterArgs'] as const)
      if (server[key] !== undefined) notes.problem([...at, key], 'goes with `script`, not with `command`.');
  if (server.forks && server.pidFile.length === 0)
    notes.problem([...at, 'forks'], 'needs `pidFile`: a program that goes to the background is found by it.');
  if (server.listen === true) {
    if (server.port === undefined && server.socket === undefined)
      notes.problem([...at, 'listen'], 'needs a `port` or a `socket` to listen on.');
    const { kind } = probeOf(server.ready) ?? { kind: 'none' };
    if (kind === 'none' || kind === 'tcp')
      notes.problem(
        [...at, 'listen'],
        'needs a `ready` probe other than `tcp`: the port is open before the server is.',
      );
  }
};

const checkProbes = (server: ServerOutput, at: Path, notes: Notes): void => {
  const one = (path: Path, kinds: readonly string[]): void => {
    if (kinds.length > 1) notes.problem(path, `asks ${kinds.join(' and ')}: one probe at a time.`);
  };
  one([...at, 'ready'], kindsOf(server.ready));
  if (server.ready.tcp === true && server.port === undefined)
    notes.problem([...at, 'ready', 'tcp'], 'true means its own port, and it has no `port`.');
  if (server.health !== false) {
    const { health } = server;
    one([...at, 'health'], [...kindsOf(health), ...(health.same === true ? ['same'] : [])]);
    if (
      health.same === true &&
      kindsOf(server.ready).every((kind) => !['http', 'tcp', 'exec'].includes(kind))
    )
      notes.problem(
        [...at, 'health', 'same'],
        'needs a `ready` probe that can be asked again: http, tcp or exec.',
      );
    if (health.tcp === true && server.port === undefined)
      notes.problem([...at, 'health', 'tcp'], 'true means its own port, and it has no `port`.');
  }
  const many = Array.isArray(server.waitFor);
  for (const [index, probe] of waitForProbes(server.waitFor).entries()) {
    const path = [...at, 'waitFor', ...(many ? [index] : [])];
    const kinds = kindsOf(probe);
    one(path, kinds);
    if (kinds.length === 0) notes.problem(path, 'asks nothing: give `http`, `tcp`, `exec` or `delay`.');
    const url = typeof probe.http === 'string' ? probe.http : probe.http?.url;
    if (url?.startsWith('/') === true)
      notes.problem([...path, 'http'], 'must be a whole URL: its own server does not run yet.');
    if (probe.tcp === true) notes.problem([...path, 'tcp'], 'must name a port: its own is not open yet.');
  }
};

/** Styles that ask what the file declares; any other may find the endpoint by itself. */
const stylesWithoutEndpoints: readonly string[] = ['supervised', 'daemon-managed'];

/** A path is asked on its own port or socket. */
const checkOwnPaths = (server: ServerOutput, at: Path, notes: Notes): void => {
  if (server.port !== undefined || server.socket !== undefined) return;
  if (!stylesWithoutEndpoints.includes(server.style)) return;
  for (const key of ['ready', 'health'] as const) {
    const probe = server[key];
    const http = probe === false ? undefined : probe.http;
    const url = typeof http === 'string' ? http : http?.url;
    if (url?.startsWith('/') === true)
      notes.problem(
        [...at, key, 'http'],
        `${JSON.stringify(url)} is a path on its own port, and it has no \`port\` or \`socket\`: declare one, or give a whole URL.`,
      );
  }
};

const checkPorts = (
  server: ServerOutput,
  env: Readonly<Record<string, string>>,
  at: Path,
  notes: Notes,
): void => {
  const { port, instances } = server;
  if (port === undefined) return;
  if (typeof port === 'number') {
    if (instances !== 'max' && port + instances - 1 > 65535)
      notes.problem(
        [...at, 'instances'],
        `reaches port ${port + instances - 1} from port ${port}: 65535 is the last.`,
      );
  } else if (instances !== 'max' && port.to - port.from + 1 < instances)
    notes.problem([...at, 'port'], `holds ${port.to - port.from + 1} ports for ${instances} instances.`);
  const declared = env['PORT'];
  if (declared !== undefined && declared !== (typeof port === 'number' ? String(port) : null))
    notes.problem(
      [...at, 'env', 'PORT'],
      `says ${JSON.stringify(declared)} and \`port\` says ${typeof port === 'number' ? port : 'a range'}: leave it out, PORT is set from \`port\`.`,
    );
};
