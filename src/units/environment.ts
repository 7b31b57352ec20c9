import { parseEnv } from 'node:util';
import type { Host } from '../host/host.js';
import { mpmError } from '../model/errors/index.js';
import { parseInstanceKey } from '../model/key.js';
import type { UnitSpec } from '../model/unit.js';
import { markerName } from './records.js';

export type Environment = Readonly<Record<string, string>>;

export type EnvironmentFacts = {
  /** The caller's, as recorded. */
  readonly inherited: Environment;
  readonly id: number;
  readonly port: number | null;
  readonly marker: string;
};

/**
 * What a server finds in its environment, later ones winning: the caller's as recorded, the files (read now), the
 * declared variables, and what we inject. Exactly this, nothing else; `PWD` is the folder it is started in.
 * @throws MPM_ENV_FILE_MISSING, MPM_ENV_FILE_UNREADABLE
 */
export const composeEnvironment = (host: Host, spec: UnitSpec, facts: EnvironmentFacts): Environment => {
  const { launch } = spec;
  const declared = { ...readEnvFiles(host, spec), ...launch.env };
  const composed: Record<string, string> = {
    ...filterEnvironment(facts.inherited, launch.filterEnv),
    PWD: launch.cwd,
    ...declared,
    ...injected(spec, facts, declared),
  };
  return composed;
};

/** The marker of a server that the caller itself runs in is not the caller's to hand on. */
export const scrub = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.has(name)));

const ours = new Set([markerName, 'MPM_IO_NAME', 'MPM_IO_INSTANCE', 'OLDPWD']);

const filterEnvironment = (inherited: Environment, filter: boolean | readonly string[]): Environment => {
  if (filter === true) return {};
  const scrubbed = scrub(inherited);
  if (filter === false) return scrubbed;
  return Object.fromEntries(
    Object.entries(scrubbed).filter(([name]) => !filter.some((part) => name.includes(part))),
  );
};

const maxEnvFile = 1024 * 1024;

const readEnvFiles = (host: Host, spec: UnitSpec): Environment => {
  const read = spec.launch.envFiles.map((path) => {
    const read = host.files.readRange(path, 0, maxEnvFile);
    if (read !== null && read.size <= maxEnvFile) return parseEnv(read.text) as Record<string, string>;
    if (host.files.stat(path) === null) throw mpmError('ENV_FILE_MISSING', { server: spec.key, path });
    const why = read === null ? 'it is no plain file, or not yours to read' : 'it is larger than 1 MiB';
    throw mpmError('ENV_FILE_UNREADABLE', { server: spec.key, path, why });
  });
  return Object.assign({}, ...read) as Environment;
};

const injected = (
  spec: UnitSpec,
  { id, port, marker }: EnvironmentFacts,
  declared: Environment,
): Environment => {
  const { name, index } = parseInstanceKey(spec.key);
  return {
    [markerName]: marker,
    MPM_IO_NAME: name,
    MPM_IO_INSTANCE: String(index),
    NODE_APP_INSTANCE: String(index),
    ...(port === null ? {} : { PORT: String(port) }),
    ...(spec.host === null ? {} : { HOST: spec.host }),
    ...(spec.pm2 ? { name: declared['name'] ?? name, pm_id: String(id) } : {}),
  };
};
