import { type Context, type Host, type InfoLine, type Instance, type Sighting } from 'mpm-io/plugin';
import { callAddress } from '../seen/holders.js';
import { isObject } from '../seen/strict-schema.js';
import { longestLook, makeAsk, targetOf, type Ask } from './ask.js';
import { dialects } from './dialects.js';
import { optionsOf } from './options.js';

/** What the server tells of itself: `/stats` and `/version`. */
export const info = async (
  instance: Instance,
  { endpoints, claims }: Sighting,
  { look, signal }: Context,
  host: Host,
): Promise<readonly InfoLine[]> => {
  const { server } = instance;
  const options = optionsOf(server);
  const dialect = dialects.find(({ name }) => name === claims?.dialect);
  const port = endpoints.find((endpoint) => endpoint.kind === 'tcp')?.port ?? instance.port;
  const address = port === null ? '127.0.0.1' : callAddress(look.listeners, port, server.host);
  const ask = makeAsk(host, signal);
  const read = (path: string | false | null): Promise<readonly InfoLine[]> =>
    path === false || path === null || (port === null && server.socket === null)
      ? Promise.resolve([])
      : jsonLines(ask, path, address, port, server.socket);
  const [stats, version] = await Promise.all([
    read(options.stats ?? dialect?.stats ?? null),
    read(options.version ?? dialect?.version ?? null),
  ]);
  return [...stats, ...version];
};

const jsonLines = async (
  ask: Ask,
  path: string,
  address: string,
  port: number | null,
  socket: string | null,
): Promise<readonly InfoLine[]> => {
  const heard = await ask(targetOf(path, address, port, socket), longestLook);
  if (heard.kind !== 'answer') return [{ label: path, value: `no answer (${heard.text})` }];
  if (heard.status < 200 || heard.status > 299) return [{ label: path, value: `answered ${heard.status}` }];
  const json = parse(heard.body);
  return isObject(json) ? flatten(json, [], []) : [{ label: path, value: 'answered without a JSON object' }];
};

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
};

const deepest = 4;
const mostLines = 60;

/** Labels are the dotted path with the underscores of other languages taken out. */
const flatten = (
  json: Readonly<Record<string, unknown>>,
  path: readonly string[],
  lines: InfoLine[],
): readonly InfoLine[] => {
  for (const [key, value] of Object.entries(json)) {
    if (lines.length >= mostLines || value === null) continue;
    const here = [...path, key.replaceAll('_', ' ')];
    if (isObject(value)) {
      if (here.length < deepest) flatten(value, here, lines);
      continue;
    }
    lines.push({ label: here.join(' '), value: textOf(value).slice(0, 200), raw: value });
  }
  return lines;
};

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return JSON.stringify(typeof value === 'number' ? Math.round(value * 100) / 100 : value) ?? '';
};
