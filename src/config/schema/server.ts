import * as z from 'zod';
import { health, ready, waitFor } from './probes.js';
import {
  argumentList,
  command,
  cron,
  duration,
  either,
  environment,
  filledText,
  form,
  oneOrMany,
  portError,
  portNumber,
  signal,
  size,
} from './values.js';

const octal = 'a text of octal digits such as "022", or a number';

const yesNo = z.boolean();
const count = (from: number) =>
  z.int({ error: 'must be a whole number' }).min(from, { error: `must be at least ${from}` });

const restart = z.strictObject({
  policy: z
    .enum(['always', 'on-failure', 'never'], { error: 'must be "always", "on-failure" or "never"' })
    .optional()
    .describe('Default: `always`, for a task `never`.'),
  maxRestarts: count(0).prefault(10).describe('It gives up after so many restarts within `window`.'),
  window: duration.prefault('60s').describe('The time in which restarts are counted.'),
  minUptime: duration.prefault('1s').describe('A run shorter than this counts as a failed start.'),
  backoff: z
    .strictObject({
      first: duration.prefault(0).describe('Before the first restart after a stable run.'),
      min: duration.prefault(100).describe('Before the second.'),
      max: duration.prefault('15s').describe('At most.'),
      factor: z
        .number()
        .min(1, { error: 'must be at least 1' })
        .prefault(2)
        .describe('Each wait is so many times the one before.'),
    })
    .prefault({})
    .describe('How long it waits before a restart.'),
  exitCodes: z
    .array(z.int().min(0).max(255))
    .prefault([])
    .describe('Exit codes, beside 0, that count as a clean end: it is not restarted after one of them.'),
});

const stop = z.strictObject({
  http: either('a path, a URL, or {"url": ..., "method": ...}', [
    filledText,
    z.strictObject({ url: filledText, method: filledText.prefault('POST') }),
  ])
    .optional()
    .describe('First, ask this path or URL (POST) to shut down.'),
  message: z
    .literal(true, { error: 'must be true, or left out' })
    .optional()
    .describe('Then send the message `shutdown`.'),
  exec: command.optional().describe('Then run this command; `{pid}`, `{port}` and `{name}` are filled in.'),
  signal: signal
    .prefault('SIGTERM')
    .describe('Then send this signal. What is left after `timeout` gets SIGKILL.'),
  signalTo: z
    .enum(['main', 'tree'], { error: 'must be "main" or "tree"' })
    .prefault('tree')
    .describe(
      '`tree`: every process of it at once; `main`: the main process first, the rest when it has gone.',
    ),
  timeout: duration.prefault('10s').describe('How long each of these may take.'),
  leaveTree: yesNo.prefault(false).describe('Leave running what the main process has left behind.'),
});

const file = either('a path, or false', [filledText, z.literal(false)]);

const logs = z.strictObject({
  out: file.optional().describe('File for its output; `false`: none. Default: a file in the home.'),
  err: file.optional().describe('File for its errors; `false`: none. Default: a file in the home.'),
  combined: filledText.optional().describe('One file for both.'),
  merge: yesNo.prefault(false).describe('All instances write one file.'),
  json: yesNo.prefault(false).describe('Each line as JSON.'),
  timestamps: either('true, false or a format', [z.boolean(), filledText])
    .prefault(false)
    .describe('The time before each line; a text is its format, such as `YYYY-MM-DD HH:mm:ss`.'),
  maxSize: size.prefault('10M').describe('A file is rotated at this size.'),
  maxAge: duration.optional().describe('A rotated file is removed after this time.'),
  keep: count(0).prefault(5).describe('So many rotated files are kept.'),
});

const watch = either('true, false, a path, a list of paths, or {"paths": [...]}', [
  z.boolean(),
  filledText,
  z.array(filledText),
  z.strictObject({
    paths: oneOrMany.optional().describe('Default: the working folder.'),
    ignore: oneOrMany.optional().describe('Beside dotfiles, `node_modules` and its own logs.'),
    delay: duration.prefault(200).describe('Quiet time before the restart.'),
    extensions: oneOrMany.optional().describe('Only files with these endings.'),
  }),
]);

/** Keys of a server that every style knows. What is left over belongs to its style. */
export const serverSchema = z.looseObject({
  name: z
    .string({
      error: (i) => (i.input === undefined ? 'is missing: every server has a name' : 'must be a text'),
    })
    .describe('Its name, unique within its namespace.'),
  namespace: z.string().prefault('default').describe('A group of servers; `namespace/name` is unique.'),
  style: filledText.prefault('supervised').describe('The management style that runs it.'),
  type: z
    .enum(['service', 'task'], { error: 'must be "service" or "task"' })
    .prefault('service')
    .describe('A `task` runs to its end (a migration); a `service` stays.'),
  script: filledText
    .optional()
    .describe('The program: a file, a folder with a package.json, a program of the PATH, or a shell line.'),
  command: command
    .optional()
    .describe('Instead of `script`: a shell line, or a list of program and arguments.'),
  args: argumentList.optional().describe('Arguments, as a list or as one line.'),
  interpreter: filledText
    .optional()
    .describe('What runs the script. Default: by its ending or first line; `none`: the script itself.'),
  interpreterArgs: argumentList.optional().describe('Arguments of the interpreter, before the script.'),
  cwd: filledText.optional().describe("The working folder. Default: the file's folder."),
  env: environment.prefault({}).describe('Environment variables.'),
  envFile: oneOrMany
    .optional()
    .describe('Files with environment variables, read at each start; `env` wins over them.'),
  environments: z
    .record(z.string(), environment)
    .optional()
    .describe('Variables for `--env NAME`, by that name; they win over `env`. `env_NAME` is the same.'),
  user: either('the name or number of a user', [filledText, z.int().min(0).transform(String)])
    .optional()
    .describe('The user it runs as; for root only.'),
  umask: either(octal, [
    form(octal, /^(0o?)?[0-7]{1,3}$/).transform((digits) => Number.parseInt(digits.replace(/^0o/, ''), 8)),
    z.int().min(0).max(0o777),
  ])
    .optional()
    .describe('Its umask, octal in quotes: `"022"`.'),
  nice: z.int().min(-20).max(19).optional().describe('Its niceness, -20 to 19.'),
  port: z
    .union(
      [
        portNumber,
        z
          .strictObject({ from: portNumber, to: portNumber })
          .refine(({ from, to }) => from <= to, { error: 'must have `from` below `to`' }),
      ],
      { error: portError },
    )
    .optional()
    .describe(
      'The port of its instance 0; instance i gets port + i. `{from, to}`: the lowest free one. It is told as PORT.',
    ),
  host: filledText
    .regex(/^[^\s/]+$/, { error: 'must be an address or a host name' })
    .optional()
    .describe('The address it listens on. It is told as HOST.'),
  socket: filledText.optional().describe('A unix socket it listens on.'),
  listen: yesNo.optional().describe('The port is opened for it and handed over.'),
  stdin: yesNo.prefault(false).describe('It reads its input; `attach` writes to it.'),
  instances: either('a whole number from 1, or "max"', [
    count(1).max(1000, { error: 'must be at most 1000' }),
    z.literal('max'),
  ])
    .prefault(1)
    .describe('How many of it run; `"max"`: one per CPU.'),
  dependsOn: oneOrMany.prefault([]).describe('Servers that are ready before it starts.'),
  waitFor: either('a probe, or a list of probes', [waitFor, z.array(waitFor)])
    .optional()
    .describe('Probes (`http`, `tcp`, `exec`, `delay`) that pass before it starts.'),
  ready: ready
    .prefault({})
    .describe('When it counts as ready. Default: its port is open, else it is alive for 300 ms.'),
  health: either('false, or an object', [z.literal(false), health])
    .prefault({})
    .describe('Whether it is well; `false`: not asked.'),
  restart: either('"always", "on-failure", "never", or an object', [
    z.enum(['always', 'on-failure', 'never']),
    restart,
  ])
    .prefault({})
    .describe('What happens when it ends.'),
  stop: stop.prefault({}).describe('How it is stopped.'),
  logs: logs.prefault({}).describe('Where its output goes.'),
  limits: z
    .strictObject({
      memory: size.optional().describe('Above this it is restarted.'),
      nofile: count(1).optional().describe('How many files it may have open.'),
    })
    .prefault({})
    .describe('What it may use.'),
  watch: watch.optional().describe('Restart it when files change.'),
  cron: cron.optional().describe('When a task runs, or a service is restarted.'),
  pidFile: oneOrMany.prefault([]).describe('Known places of its PID file, in the order to try.'),
  forks: yesNo.prefault(false).describe('It goes to the background by itself and writes `pidFile`.'),
  reload: z
    .enum(['restart', 'overlap'], { error: 'must be "restart" or "overlap"' })
    .prefault('restart')
    .describe('`overlap`: the new one is ready before the old one stops.'),
  autostart: yesNo.prefault(true).describe('`false`: started by its name only.'),
  tls: z.strictObject({ cert: filledText, key: filledText }).optional().describe('Certificate and key.'),
  hooks: z
    .strictObject({ onFail: command.optional().describe('Run when it is given up.') })
    .optional()
    .describe('Commands run on events.'),
});

export type ServerOutput = z.output<typeof serverSchema>;
