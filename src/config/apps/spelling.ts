import { appSchema } from '../schema/app.js';

const aliases: Readonly<Record<string, string>> = {
  exec: 'script',
  cmd: 'script',
  command: 'script',
  exec_interpreter: 'interpreter',
  interpreter_args: 'node_args',
  interpreterArgs: 'node_args',
  out: 'out_file',
  output: 'out_file',
  out_log: 'out_file',
  error: 'error_file',
  err: 'error_file',
  err_file: 'error_file',
  err_log: 'error_file',
  log: 'log_file',
  pid: 'pid_file',
  cron: 'cron_restart',
  combine_logs: 'merge_logs',
  user: 'uid',
  env_files: 'env_file',
};

export const appKeys: readonly string[] = Object.keys(appSchema.shape);

const known = new Set(appKeys);

/** The one spelling of a key of pm2, or `null` when pm2 has no such key. */
const spellingOf = (key: string): string | null => {
  if (known.has(key)) return key;
  if (Object.hasOwn(aliases, key)) return aliases[key] ?? null;
  const snake = key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (known.has(snake)) return snake;
  return Object.hasOwn(aliases, snake) ? (aliases[snake] ?? null) : null;
};

export type Spelt = {
  /** By the one spelling; what is undefined or null is left out. */
  readonly values: Readonly<Record<string, unknown>>;
  /** How the file spells each of them. */
  readonly written: ReadonlyMap<string, string>;
  /** The blocks `env_NAME`, by NAME. */
  readonly environments: ReadonlyMap<string, { readonly key: string; readonly value: unknown }>;
  readonly unknown: readonly string[];
};

/** An app with each key in its one spelling. Where a file gives two spellings of one key, the proper one counts. */
export const spell = (raw: Readonly<Record<string, unknown>>): Spelt => {
  const values: Record<string, unknown> = {};
  const written = new Map<string, string>();
  const environments = new Map<string, { key: string; value: unknown }>();
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(raw)) {
    if (value === undefined || value === null) continue;
    const spelling = spellingOf(key);
    const block = /^env_(.+)$/.exec(key)?.[1];
    if (spelling === null && block !== undefined) environments.set(block, { key, value });
    else if (spelling === null) unknown.push(key);
    else if (!written.has(spelling) || key === spelling) {
      values[spelling] = value;
      written.set(spelling, key);
    }
  }
  return { values, written, environments, unknown };
};
