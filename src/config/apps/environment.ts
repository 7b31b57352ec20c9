import type { Notes } from '../notes.js';
import type { AppOutput } from '../schema/app.js';
import { appSchema } from '../schema/app.js';
import { explain } from '../schema/explain.js';
import type { Told } from './program.js';
import type { Spelt } from './spelling.js';

type Env = Readonly<Record<string, string>>;

/**
 * `env`, then the chosen `env_NAME`. The port is `port`, or a numeric PORT; it is told to the server by the launcher,
 * so a PORT that says something else is left out.
 */
export const environmentOfApp = (
  app: AppOutput,
  spelt: Spelt,
  at: readonly PropertyKey[],
  envName: string | null,
  notes: Notes,
  told: Told,
): { readonly env: Env; readonly port: number | null } => {
  const chosen = envName === null ? {} : blockOf(spelt, at, envName, notes);
  const env = { ...app.env, ...chosen };
  const declared = portIn(env['PORT']);
  if (app.port === undefined) return { env, port: declared };
  if (env['PORT'] === undefined || declared === app.port) return { env, port: app.port };
  told('port', 'differs', `it wins over PORT=${env['PORT']} in \`env\``);
  const { PORT: _replaced, ...rest } = env;
  return { env: rest, port: app.port };
};

const blockOf = (spelt: Spelt, at: readonly PropertyKey[], envName: string, notes: Notes): Env => {
  const block = spelt.environments.get(envName);
  if (block === undefined) return {};
  const parsed = appSchema.shape.env.safeParse(block.value);
  if (parsed.success) return parsed.data;
  notes.mistakes([...at, block.key], explain(appSchema.shape.env, block.value, parsed.error.issues));
  return {};
};

const portIn = (value: string | undefined): number | null => {
  const port = /^\s*\d+\s*$/.test(value ?? '') ? Number(value) : 0;
  return port >= 1 && port <= 65535 ? port : null;
};
