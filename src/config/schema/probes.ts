import * as z from 'zod';
import { command, duration, either, filledText, portNumber } from './values.js';

const expected = either('a text, a number, true, false or a list of them', [
  z.string(),
  z.number(),
  z.boolean(),
  z.array(either('a text, a number, true or false', [z.string(), z.number(), z.boolean()])),
]);

const urlOrPath = filledText.refine(isUrlOrPath, {
  error: 'must be a path such as "/health" or a URL such as "http://127.0.0.1:3000/health"',
});

function isUrlOrPath(value: string): boolean {
  if (value.startsWith('/')) return !/\s/.test(value);
  if (!/^https?:\/\//i.test(value)) return false;
  return URL.canParse(value.replaceAll(/\{(port|instance)\}/g, '1').replaceAll(/\{(host|name)\}/g, 'x'));
}

const http = either('a path, a URL, or {"url": ..., "expect": {...}}', [
  urlOrPath,
  z.strictObject({
    url: urlOrPath.describe('A path on the server itself, or a whole URL.'),
    expect: z
      .record(z.string(), expected)
      .optional()
      .describe('What the JSON answer must say, by dotted path: `{"status": ["ok", "healthy"]}`.'),
  }),
]).describe('Ask this path or URL; any 2xx answer passes, unless `expect` says more.');

const tcp = either('true, a port, or "host:port"', [
  z.literal(true),
  portNumber,
  z
    .string()
    .regex(/^(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i, { error: 'must be "host:port", such as "127.0.0.1:5432"' }),
]).describe('A connection can be made: `true` (the own port), a port, or `"host:port"`.');

const exec = command.describe('This command exits with 0.');

const log = filledText
  .refine(isPattern, { error: 'must be a valid regular expression, as "text" or "/text/flags"' })
  .describe('A line of its output matches this regular expression: `"listening"` or `"/listening on/i"`.');

function isPattern(value: string): boolean {
  try {
    const [, source = value, flags = ''] = /^\/(.+)\/([a-z]*)$/s.exec(value) ?? [];
    return new RegExp(source, flags) instanceof RegExp;
  } catch {
    return false; // not a regular expression: that is the answer
  }
}

const delay = duration.describe('This much time has passed.');

const repeated = { http: http.optional(), tcp: tcp.optional(), exec: exec.optional() };

const onlyTrue = (what: string) =>
  z.literal(true, { error: 'must be true, or left out' }).optional().describe(what);

export const ready = z.strictObject({
  ...repeated,
  log: log.optional(),
  delay: delay.optional(),
  message: onlyTrue('It sends the message `ready` (`process.send("ready")`).'),
  notify: onlyTrue('It says READY=1 on the socket in `NOTIFY_SOCKET`.'),
  interval: duration.prefault(250).describe('Between two questions.'),
  timeout: duration.prefault('30s').describe('From the start to ready, at most.'),
  retries: z
    .int({ error: 'must be a whole number' })
    .min(1)
    .optional()
    .describe(
      'At most this many questions; counted as time: startPeriod + retries × interval, if that is sooner than `timeout`.',
    ),
  startPeriod: duration.prefault(0).describe('Not asked before this much time has passed.'),
  anyOwner: z.boolean().prefault(false).describe('Another process may own the port.'),
});

export const health = z.strictObject({
  ...repeated,
  same: onlyTrue('The probe of `ready` (the default, where that one can be asked again).'),
  interval: duration.prefault('10s').describe('Between two questions.'),
  timeout: duration.prefault('2s').describe('For an answer.'),
  retries: z.int().min(1).prefault(3).describe('So many failures in a row make it unhealthy.'),
  restart: z.int().min(0).prefault(0).describe('Restart it after so many failures in a row; 0: never.'),
});

export const waitFor = z.strictObject({ ...repeated, delay: delay.optional() });
