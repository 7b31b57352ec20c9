import * as z from 'zod';
import { argumentList, cron, duration, either, filledText, form, oneOrMany, size, text } from './values.js';

const number = either('a number', [z.number(), form('a number', /^\s*-?\d+(\.\d+)?\s*$/)]).transform(Number);
const whole = number.refine((value) => Number.isInteger(value) && value >= 0, {
  error: 'must be a whole number from 0',
});
const yesNo = either('true or false', [
  z.boolean(),
  z.enum(['true', 'false', '1', '0']),
  z.literal(0),
  z.literal(1),
]).transform((value) => value === true || value === 1 || value === 'true' || value === '1');
const nameText = either('a text', [text, z.number().transform(String)]);
const variables = z
  .record(z.string(), z.unknown())
  .transform((values) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) =>
        value === undefined || value === null || typeof value === 'function'
          ? []
          : [[name, asText(value)] as const],
      ),
    ),
  );
const asText = (value: unknown): string =>
  typeof value === 'object'
    ? JSON.stringify(value)
    : typeof value === 'string'
      ? value
      : `${value as number}`;
const file = either('a path', [filledText, z.literal(false)]);
const ignored = z.unknown().optional();

/** An app of pm2, by the one spelling of each key; `spelling.ts` knows the others. Values come in every shape that pm2 takes. */
export const appSchema = z.looseObject({
  script: filledText
    .optional()
    .describe('The program: a file, a program of the PATH, or a shell line. Also `exec`, `cmd`, `command`.'),
  name: nameText.optional().describe('Its name. Default: the name of the script.'),
  name_prefix: text.optional().describe('Put before the name, with a colon.'),
  namespace: nameText.prefault('default').describe('A group of servers.'),
  cwd: filledText.optional().describe('The working folder.'),
  args: either('a text, a number or a list', [argumentList, z.number().transform(String)])
    .optional()
    .describe('Arguments.'),
  interpreter: filledText.optional().describe('What runs the script. Also `exec_interpreter`.'),
  node_args: argumentList.optional().describe('Arguments of the interpreter. Also `interpreter_args`.'),
  exec_mode: z.string().optional().describe('`cluster` is one instance for now.'),
  instances: either('a whole number or "max"', [
    z.int(),
    form('a whole number or "max"', /^\s*(max|-?\d+)\s*$/),
  ])
    .optional()
    .describe('How many; `max` and 0: one per CPU; -1: one less.'),
  env: variables.prefault({}).describe('Environment variables; `env_NAME` is chosen by `--env NAME`.'),
  env_file: oneOrMany
    .optional()
    .describe('Files with environment variables; they are loaded, which pm2 does not do.'),
  filter_env: either('true, false, a text or a list of texts', [yesNo, text, z.array(text)])
    .optional()
    .describe('Inherited variables to leave out.'),
  append_env_to_name: yesNo.optional().describe('`--env NAME` is put behind the name.'),
  port: number
    .refine((value) => Number.isInteger(value) && value >= 1 && value <= 65535, {
      error: 'must be a port from 1 to 65535',
    })
    .optional()
    .describe('The port of all its instances.'),
  watch: either('true, false, a path or a list of paths', [z.boolean(), filledText, z.array(filledText)])
    .optional()
    .describe('Restart it when files change.'),
  ignore_watch: oneOrMany
    .optional()
    .describe('Not watched, beside dotfiles, `node_modules` and its own logs.'),
  watch_delay: duration.optional().describe('Quiet time before the restart.'),
  autostart: yesNo.prefault(true).describe('`false`: started by its name only.'),
  autorestart: yesNo.prefault(true).describe('`false`: never restarted.'),
  stop_exit_codes: either('a number or a list of numbers', [
    number.transform((code) => [code]),
    z.array(number),
  ])
    .prefault([])
    .describe('Not restarted after these exit codes.'),
  max_restarts: whole.prefault(16).describe('It gives up after so many failed starts.'),
  min_uptime: duration.prefault(1000).describe('A shorter run is a failed start.'),
  restart_delay: duration.prefault(0).describe('Before each restart.'),
  exp_backoff_restart_delay: duration
    .prefault(0)
    .describe('Before the first restart, then growing up to 15 s.'),
  max_memory_restart: size.optional().describe('Above this it is restarted.'),
  cron_restart: either('a cron line', [cron, z.literal(0), z.literal('0'), z.literal(false)])
    .optional()
    .describe('When it is restarted. Also `cron`.'),
  kill_timeout: duration.prefault(1600).describe('From SIGINT to SIGKILL.'),
  shutdown_with_message: yesNo.prefault(false).describe('The message `shutdown` instead of a signal.'),
  treekill: yesNo.prefault(true).describe('`false`: the main process only.'),
  wait_ready: yesNo.prefault(false).describe('Ready when it sends the message `ready`.'),
  listen_timeout: duration.prefault(3000).describe('How long `wait_ready` waits.'),
  out_file: file.optional().describe('File for its output. Also `out`, `output`, `out_log`.'),
  error_file: file.optional().describe('File for its errors. Also `error`, `err`, `err_file`, `err_log`.'),
  log_file: either('a path, true or false', [z.boolean(), filledText])
    .optional()
    .describe('One file for both. Also `log`.'),
  merge_logs: yesNo.prefault(false).describe('All instances write one file. Also `combine_logs`.'),
  disable_logs: yesNo.prefault(false).describe('No log files.'),
  log_type: either('"raw" or "json"', [z.enum(['raw', 'json']), z.literal(false)])
    .optional()
    .describe('`json`: each line as JSON.'),
  log_date_format: either('a format', [filledText, z.boolean()])
    .optional()
    .describe('The time before each line.'),
  time: yesNo.optional().describe('The time before each line; wins over `log_date_format`.'),
  pid_file: filledText.optional().describe('Its PID file. Also `pid`.'),
  uid: either('the name or number of a user', [filledText, z.int().min(0).transform(String)])
    .optional()
    .describe('The user it runs as. Also `user`.'),
  source_map_support: yesNo.optional().describe('Node reads source maps.'),
  // Accepted and not honoured; `ignored.ts` says why, key by key.
  gid: ignored,
  username: ignored,
  increment_var: ignored,
  instance_var: ignored,
  watch_options: ignored,
  force: ignored,
  vizion: ignored,
  post_update: ignored,
  pmx: ignored,
  automation: ignored,
  trace: ignored,
  disable_trace: ignored,
  v8: ignored,
  event_loop_inspector: ignored,
  deep_monitoring: ignored,
  io: ignored,
  windowsHide: ignored,
  execute_command: ignored,
  write: ignored,
  install_url: ignored,
  kill_retry_time: ignored,
  disable_source_map_support: ignored,
});

export type AppOutput = z.output<typeof appSchema>;
