import { extname, resolve } from 'node:path';
import { candidateIn } from '../../config/find.js';
import { createHost } from '../../host/index.js';
import { mpmError } from '../../model/errors/index.js';
import { exit, type Command } from '../invocation.js';

const names = {
  json: 'ecosystem.json',
  yaml: 'ecosystem.yaml',
  js: 'ecosystem.config.js',
  ts: 'ecosystem.config.ts',
} as const;

/** `--config FILE` says where, and its extension in which format. */
const byExtension: Readonly<Record<string, keyof typeof names>> = {
  '.json': 'json',
  '.jsonc': 'json',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.js': 'js',
  '.mjs': 'js',
  '.ts': 'ts',
  '.mts': 'ts',
};

export const run: Command = async ({ io, options, positionals }) => {
  const asked = positionals[0] as keyof typeof names | undefined;
  const file = options.text('config');
  const format = file === null ? (asked ?? 'json') : formatOf(file, asked);
  const host = createHost({ env: io.env });
  const path = resolve(io.cwd, file ?? names[format]);
  if (host.files.stat(path) !== null) throw mpmError('FILE_EXISTS', { path });
  // Of two in one folder only one is ever found; whoever wants another one names it.
  const other = file === null ? candidateIn(io.cwd, host) : undefined;
  if (other !== undefined) throw mpmError('FILE_BESIDE', { path, other: resolve(io.cwd, other) });
  const { initText } = await import('../../config/starter.js');
  host.files.writeAtomic(path, initText(format), 0o644);
  io.stdout.write(`${path}\n`);
  return exit.ok;
};

const formatOf = (file: string, asked: keyof typeof names | undefined): keyof typeof names => {
  const format = byExtension[extname(file)];
  if (format !== undefined && (asked === undefined || asked === format)) return format;
  throw mpmError('OPTION_INVALID', {
    option: 'config',
    value: file,
    why:
      format === undefined
        ? 'a new file ends in .json, .yaml, .js or .ts'
        : `this ending is of ${format}, and ${asked ?? ''} was asked for`,
  });
};
