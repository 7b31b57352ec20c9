import { isGiven, type Given } from './given.js';
import { kindsOf, probeKinds } from './probes.js';

type Path = readonly PropertyKey[];
type Values = Readonly<Record<string, unknown>>;

/** One probe each, and what a probe asks must be there. */
export const checkProbes = (given: Given): void => {
  const { server, raw, at } = given;
  askOne(given, ['ready'], raw['ready'], probeKinds);
  askOne(given, ['health'], raw['health'], [...probeKinds, 'same']);
  ownPort(given, ['ready', 'tcp'], server.ready.tcp);
  if (server.health !== false) {
    ownPort(given, ['health', 'tcp'], server.health.tcp);
    if (server.health.same === true) checkSame(given);
  }
  checkOwnPaths(given);
  const many = Array.isArray(raw['waitFor']);
  for (const [index, probe] of [raw['waitFor']].flat().entries())
    if (isObject(probe)) checkWaitFor(given, [...at, 'waitFor', ...(many ? [index] : [])], probe);
};

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A kind that the file names counts, be its value right or wrong; `false` is nobody's wish for it. */
const named = (block: unknown, kinds: readonly string[]): readonly string[] =>
  isObject(block) ? kinds.filter((kind) => isGiven(block, kind) && block[kind] !== false) : [];

const askOne = ({ at, notes }: Given, path: Path, block: unknown, kinds: readonly string[]): void => {
  const asked = named(block, kinds);
  if (asked.length > 1) notes.problem([...at, ...path], `asks ${asked.join(' and ')}: one probe at a time.`);
};

const ownPort = ({ server, isLost, at, notes }: Given, path: Path, tcp: unknown): void => {
  if (tcp === true && server.port === undefined && !isLost('port'))
    notes.problem([...at, ...path], 'true means its own port, and it has no `port`.', null, [
      [...at, 'port'],
    ]);
};

const repeatable = ['http', 'tcp', 'exec'];

const checkSame = ({ server, isLost, at, notes }: Given): void => {
  if (kindsOf(server.ready).some((kind) => repeatable.includes(kind))) return;
  if (repeatable.some((kind) => isLost('ready', kind))) return;
  notes.problem(
    [...at, 'health', 'same'],
    'needs a `ready` probe that can be asked again: http, tcp or exec.',
    null,
    [[...at, 'ready']],
  );
};

/** Styles that ask what the file declares; any other may find the endpoint by itself. */
const stylesWithoutEndpoints: readonly string[] = ['supervised', 'daemon-managed'];

/** A path is asked on its own port or socket. */
const checkOwnPaths = ({ server, isLost, at, notes }: Given): void => {
  if (server.port !== undefined || server.socket !== undefined) return;
  if (isLost('port') || isLost('socket') || isLost('style')) return;
  if (!stylesWithoutEndpoints.includes(server.style)) return;
  for (const key of ['ready', 'health'] as const) {
    const probe = server[key];
    const url = urlOf(probe === false ? undefined : probe.http);
    if (url?.startsWith('/') === true)
      notes.problem(
        [...at, key, 'http'],
        `${JSON.stringify(url)} is a path on its own port, and it has no \`port\` or \`socket\`: declare one, or give a whole URL.`,
        null,
        ['port', 'socket', 'style'].map((other) => [...at, other]),
      );
  }
};

const urlOf = (http: unknown): string | undefined => {
  const url = isObject(http) ? http['url'] : http;
  return typeof url === 'string' ? url : undefined;
};

/** As the file says it: a list that holds something wrong is left out as a whole, and its other probes are judged all the same. */
const checkWaitFor = (given: Given, path: Path, probe: Values): void => {
  const { notes } = given;
  const kinds = ['http', 'tcp', 'exec', 'delay'];
  askOne({ ...given, at: path }, [], probe, kinds);
  if (Object.values(probe).every((value) => value === undefined))
    notes.problem(path, 'asks nothing: give `http`, `tcp`, `exec` or `delay`.');
  if (urlOf(probe['http'])?.startsWith('/') === true)
    notes.problem([...path, 'http'], 'must be a whole URL: its own server does not run yet.');
  if (probe['tcp'] === true) notes.problem([...path, 'tcp'], 'must name a port: its own is not open yet.');
};
