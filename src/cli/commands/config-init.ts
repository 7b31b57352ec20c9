import { join } from 'node:path';
import { createHost } from '../../host/index.js';
import { mpmError } from '../../model/errors/index.js';
import { exit, type Command } from '../invocation.js';

const names = {
  json: 'ecosystem.json',
  yaml: 'ecosystem.yaml',
  js: 'ecosystem.config.js',
  ts: 'ecosystem.config.ts',
} as const;

export const run: Command = async ({ io, positionals }) => {
  const format = (positionals[0] ?? 'json') as keyof typeof names;
  const host = createHost({ env: io.env });
  const path = join(io.cwd, names[format]);
  if (host.files.stat(path) !== null) throw mpmError('FILE_EXISTS', { path });
  const { initText } = await import('../../config/starter.js');
  host.files.writeAtomic(path, initText(format), 0o644);
  io.stdout.write(`${path}\n`);
  return exit.ok;
};
