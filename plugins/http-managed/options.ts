import { fillText, type Expectation, type Probe, type Server } from 'mpm-io/plugin';
import {
  isFlag,
  isObject,
  isObjectOf,
  isOneOf,
  isText,
  isTextOrTexts,
  strictSchema,
} from '../seen/strict-schema.js';
import { dialectNames, type Fields } from './dialects.js';

type Value = string | number | boolean;

/** The keys of a server under `http-managed`, as they are written. */
export type HttpOptions = {
  /** A path on the server's endpoint or a whole URL; several are asked side by side, the first that answers counts. */
  readonly healthPath?: string | readonly string[];
  /** What the health answer must say: dotted path to a value or several. */
  readonly signature?: Readonly<Record<string, Value | readonly Value[]>>;
  /** The id that the answer must give. */
  readonly id?: string;
  readonly fields?: {
    readonly pid?: string;
    readonly id?: string;
    readonly version?: string;
    readonly uptime?: string | { readonly path: string; readonly unit?: 'ms' | 's' };
    readonly clients?: string;
    readonly status?: string;
  };
  /** Paths asked by `info`; `false`: there is none. */
  readonly stats?: string | false;
  readonly version?: string | false;
  readonly shutdown?: { readonly path: string; readonly method?: string; readonly tokenFile?: string };
  /** The form that the answer must have. */
  readonly dialect?: string;
};

const isPath = (value: unknown): string | null =>
  typeof value === 'string' && /^(\/|https?:\/\/)/.test(value)
    ? null
    : 'must be a path that begins with /, or a URL';

const isPathOrFalse = (value: unknown): string | null =>
  isFlag(value) === null && value === false ? null : isPath(value);

const isPaths = (value: unknown): string | null =>
  isTextOrTexts(value) ??
  [value]
    .flat()
    .map(isPath)
    .find((message) => message !== null) ??
  null;

const isValue = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

const isSignature = (value: unknown): string | null =>
  isObject(value) &&
  Object.keys(value).length > 0 &&
  Object.values(value).every((item) => [item].flat().length > 0 && [item].flat().every(isValue))
    ? null
    : 'must name what the answer says: {"path.in.the.json": "value"}';

const isUptime = (value: unknown): string | null =>
  typeof value === 'string' ? isText(value) : isObjectOf({ path: isText, unit: isOneOf(['ms', 's']) })(value);

const isShutdown = (value: unknown): string | null =>
  isObjectOf({ path: isPath, method: isOneOf(['POST', 'PUT', 'DELETE', 'GET']), tokenFile: isText })(value) ??
  (isObject(value) && value['path'] !== undefined ? null : 'path is missing');

export const httpOptions = strictSchema<HttpOptions>({
  healthPath: isPaths,
  signature: isSignature,
  id: isText,
  fields: isObjectOf({
    pid: isText,
    id: isText,
    version: isText,
    uptime: isUptime,
    clients: isText,
    status: isText,
  }),
  stats: isPathOrFalse,
  version: isPathOrFalse,
  shutdown: isShutdown,
  dialect: isOneOf(dialectNames),
});

/** The options of a declared server, and none for one that nobody declared. */
export const optionsOf = (server: Server): HttpOptions => server.options;

/** What is health by declaration: the option, else the declared probe, else `/health`. */
export const healthPath = (server: Server): string => declaredPaths(server)?.[0] ?? defaultPath;

const defaultPath = '/health';

const declaredPaths = ({ options, health }: Server): readonly string[] | null => {
  const { healthPath: paths }: HttpOptions = options;
  if (paths !== undefined) return [paths].flat();
  return health?.probe?.kind === 'http' && health.probeOfReady !== true ? [health.probe.url] : null;
};

type HttpProbe = Extract<Probe, { kind: 'http' }>;

/**
 * The ready probe where it is a question of its own, and no page that says 200 in place of a health answer: at another
 * path, or with its own expectations.
 */
export const ownReadyProbe = (server: Server): HttpProbe | null => {
  const { probe } = server.ready;
  if (probe?.kind !== 'http') return null;
  return probe.expect !== undefined || probe.url !== healthPath(server) ? probe : null;
};

/** What is asked for health. Where none is declared that is also the ready probe: not every server has a `/health`. */
export const healthPaths = (server: Server): readonly string[] => {
  const ready = ownReadyProbe(server);
  return declaredPaths(server) ?? [...new Set([...(ready === null ? [] : [ready.url]), defaultPath])];
};

/** What the answer must say to be this server's. */
export const signatureOf = (
  server: Server,
  fill: Readonly<Record<string, string>>,
  idPath: string,
): readonly Expectation[] => {
  const { signature = {}, id } = optionsOf(server);
  return [
    ...Object.entries(signature).map(([path, value]) => ({
      path,
      oneOf: [value].flat().map((item) => fillText(String(item), fill)),
    })),
    ...(id === undefined ? [] : [{ path: idPath, oneOf: [fillText(id, fill)] }]),
  ];
};

/** The fields of a dialect with those that the server names itself. */
export const fieldsOf = (fields: Fields, server: Server | null): Fields => {
  const { uptime, ...own } = (server === null ? undefined : optionsOf(server).fields) ?? {};
  return {
    ...fields,
    ...own,
    ...(uptime === undefined
      ? {}
      : { uptime: typeof uptime === 'string' ? { path: uptime, unit: 's' } : { unit: 's', ...uptime } }),
  };
};
