import { basename, resolve } from 'node:path';
import { fillText, type ProcessDetails, type Server } from 'mpm-io/plugin';

/**
 * Does this process run what the server declares, as the user who would run it? Its script, else its whole command in
 * the declared folder: anybody may start a program of the same name.
 */
export const runsDeclared = (
  details: ProcessDetails,
  server: Server,
  fill: Readonly<Record<string, string>>,
  uid: number,
): boolean => {
  if (server.user === null && details.uid !== uid) return false;
  if (server.script !== null) return runsScript(details, server.script, server.cwd);
  if (server.command === null) return false;
  if (details.cwd !== null && details.cwd !== '/' && details.cwd !== server.cwd) return false;
  if ('shell' in server.command) return details.argv.includes(fillText(server.command.shell, fill));
  return endsWithCommand(
    details.argv,
    server.command.argv.map((word) => fillText(word, fill)),
  );
};

/** A relative argument counts from the folder of the process; a daemon that went to `/` was started in the declared one. */
const runsScript = ({ argv, cwd }: ProcessDetails, script: string, declared: string): boolean => {
  const folder = cwd === null || cwd === '/' ? declared : cwd;
  return argv.some((word) => word !== '' && !word.startsWith('-') && resolve(folder, word) === script);
};

/** An interpreter may stand before the program: `python3 /usr/bin/gunicorn app:app` is `gunicorn app:app`. */
const endsWithCommand = (argv: readonly string[], command: readonly string[]): boolean => {
  const [program, ...args] = command;
  const at = argv.length - args.length - 1;
  const word = argv[at];
  if (program === undefined || word === undefined) return false;
  return basename(word) === basename(program) && args.every((arg, i) => arg === argv[at + 1 + i]);
};

/** `1234 (node server.js)`, cut for people. */
export const describeProcess = (pid: number, details: ProcessDetails | null, comm: string): string => {
  const line = details === null || details.argv.length === 0 ? comm : details.argv.join(' ');
  return `${pid} (${line.length > 100 ? `${line.slice(0, 99)}…` : line})`;
};
