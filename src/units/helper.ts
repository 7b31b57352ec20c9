import type { InstanceKey } from '../model/key.js';
import type { Environment } from './environment.js';

/**
 * The helper: a `/bin/sh` that leads the server's session, has it as its foreground child and writes down how it
 * ended. It outlives us, so an exit that nobody watched is known all the same. For dash, busybox and bash.
 *
 * - No `&`: a background child would ignore SIGINT and SIGQUIT.
 * - `trap :` and not `trap ''`: the ignoring would be inherited. Nobody signals the helper, but a whole group may be.
 * - The server's stderr is fd 3; the shell's own, with its "Terminated", goes nowhere. `(exec ...)`, because a shell
 *   that redirects for its child alone does it in itself, too, until the child has ended: the message went along.
 * - The exit is one short line in one write, no `mv`: the only child that the helper ever has is the server.
 * - No variables: one that the server finds in its environment, too, would be changed there. What bash and busybox
 *   make of their own accord is taken away again.
 * - Arguments: file of the exit, umask or '', nofile or '', the server's SHLVL or '', whether it has a PATH or '', then
 *   the program. `$0` is its name in `ps`.
 */
const helperScript = `trap : HUP INT QUIT TERM USR1 USR2 PIPE ALRM
if [ -n "$3" ] && ! ulimit -n "$3"; then
  echo "mpm-io: nofile $3 is more than this user may have" >&3
  umask 077
  echo 126 >"$1"; exit 126
fi
if [ -n "$2" ]; then umask "$2"; fi
(
  unset SHLVL
  if [ -n "$4" ]; then export SHLVL="$4"; fi
  if [ -z "$5" ]; then unset PATH; fi
  shift 5; exec "$@" 2>&3 3>&-
)
set -- "$1" "$?"
umask 077
echo "$2" >"$1"
exit "$2"
`;

export type HelperRequest = {
  readonly key: InstanceKey;
  readonly exitFile: string;
  readonly umask: number | null;
  readonly nofile: number | null;
  /** The server's. */
  readonly environment: Environment;
  /** Begins with an absolute path: a bare `echo` or `exit` would be the shell's own. */
  readonly argv: readonly string[];
};

const helperWord = 'mpm-io-helper ';

export const helperCommand = ({
  key,
  exitFile,
  umask,
  nofile,
  environment,
  argv,
}: HelperRequest): readonly string[] => [
  '/bin/sh',
  '-c',
  helperScript,
  `${helperWord}${key}`,
  exitFile,
  umask === null ? '' : umask.toString(8).padStart(4, '0'),
  nofile === null ? '' : String(nofile),
  environment['SHLVL'] ?? '',
  'PATH' in environment ? 'PATH' : '',
  ...argv,
];

/** Is this the command line of a helper, of any unit of any home? Its script may be that of another version. */
export const isHelper = (argv: readonly string[]): boolean =>
  argv[1] === '-c' && argv[2]?.startsWith(firstWords) === true && argv[3]?.startsWith(helperWord) === true;

const firstWords = 'trap : HUP INT QUIT TERM ';

/** What people read of a helper: its name and whose it is, without its script. `null` for any other process. */
export const helperLabel = (argv: readonly string[]): string | null =>
  isHelper(argv) ? (argv[3] ?? null) : null;
