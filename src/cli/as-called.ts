import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { shellWord } from '../model/shell-word.js';
import type { Io } from './io.js';
import { programName } from './program-name.js';

const onServers =
  /^(start|stop|restart|delete|status|info|health|diagnose|wait|logs|config check|config show)\b/;

/**
 * The commands that a message names, as they work when pasted here: with this program's own name, and with the
 * ecosystem file that was named on this command line.
 */
export const asCalled = (text: string, argv: readonly string[], io: Io): string => {
  if (!/\bmpm-io /.test(text)) return text;
  const program = programName(io);
  const file = text.includes('--config') ? null : namedFile(argv, io.cwd);
  return text.replaceAll(/(?<![\w./-]|npx )mpm-io (?=[a-z-])/g, (_match, place: number) => {
    const rest = text.slice(place + 'mpm-io '.length);
    return file === null || !onServers.test(rest) ? `${program} ` : `${program} --config ${shellWord(file)} `;
  });
};

const namedFile = (argv: readonly string[], cwd: string): string | null => {
  const place = argv.findIndex((word) => word === '-c' || word === '--config');
  if (place !== -1) return argv[place + 1] ?? null;
  const joined = argv.find((word) => word.startsWith('--config='));
  if (joined !== undefined) return joined.slice('--config='.length);
  return (
    argv.find((word) => /(\.config\.[^/]+|\.jsonc?|\.ya?ml)$/.test(word) && existsSync(resolve(cwd, word))) ??
    null
  );
};
