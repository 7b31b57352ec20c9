import test from 'ava';
import { formatLine } from '../../src/logs/format-line.js';
import { readLogFilter } from '../../src/logs/log-filter.js';
import type { LineFormat } from '../../src/logs/format-line.js';
import type { LogLine } from '../../src/logs/log-line.js';
import { lineTime } from '../../src/logs/line-time.js';

const now = Date.parse('2026-03-01T12:00:00Z');

const stamped: readonly (readonly [string, string | null])[] = [
  ['2026-01-31T10:00:00.123Z hello', '2026-01-31T10:00:00.123Z'],
  ['2026-01-31T10:00:00+0200 hello', '2026-01-31T08:00:00.000Z'],
  ['[2026-01-31 10:00:00,250 +00:00] hello', '2026-01-31T10:00:00.250Z'],
  ['2026-01-31T10:00:00.123456789Z x', '2026-01-31T10:00:00.123Z'],
  ['\u001b[32m2026-01-31T10:00:00Z\u001b[39m x', '2026-01-31T10:00:00.000Z'],
  ['127.0.0.1 - - [31/Jan/2026:12:00:00 +0200] "GET / HTTP/1.1" 200', '2026-01-31T10:00:00.000Z'],
  ['1769853600 x', '2026-01-31T10:00:00.000Z'],
  ['1769853600.5 x', '2026-01-31T10:00:00.500Z'],
  ['1769853600500 x', '2026-01-31T10:00:00.500Z'],
  ['{"level":30,"time":1769853600500,"msg":"x"}', '2026-01-31T10:00:00.500Z'],
  ['{"ts":1769853600.5}', '2026-01-31T10:00:00.500Z'],
  ['{"@timestamp":"2026-01-31T10:00:00Z"}', '2026-01-31T10:00:00.000Z'],
  ['{"time":"no"}', null],
  ['{broken', null],
  ['hello', null],
  ['    at Object.<anonymous> (/a/b.js:10:5)', null],
  ['12345 requests', null],
  ['2026 was a year', null],
  ['2026-99-99T10:00:00Z', null],
  ['Mar', null],
  ['', null],
];

for (const [line, expected] of stamped) {
  test(`time of ${JSON.stringify(line)}`, (t) => {
    const at = lineTime(line, now);
    t.is(at === null ? null : new Date(at).toISOString(), expected);
  });
}

test('times without a zone are local, and syslog lines take the nearest past year', (t) => {
  t.is(lineTime('2026-01-31 10:00:00 x', now), new Date(2026, 0, 31, 10).getTime());
  t.is(lineTime('2026/01/31 10:00:00 [error] x', now), new Date(2026, 0, 31, 10).getTime());
  t.is(lineTime('Feb 28 10:00:00 host x', now), new Date(2026, 1, 28, 10).getTime());
  t.is(lineTime('Dec  3 10:00:00 host x', now), new Date(2025, 11, 3, 10).getTime());
});

test('filters are read from what was typed', (t) => {
  t.deepEqual(readLogFilter({ err: true, grep: 'a.b', since: '10m', until: '2026-03-01T11:59:00Z' }, now), {
    ok: true,
    filter: {
      stream: 'err',
      grep: /a.b/u,
      since: now - 600_000,
      until: now - 60_000,
    },
  });
  t.like(readLogFilter({ out: true, err: true }, now), { filter: { stream: null } });
  t.like(readLogFilter({ grep: String.raw`a\-b` }, now), { ok: true });
});

test('all that is wrong with them is told at once', (t) => {
  const result = readLogFilter({ grep: '(', since: 'yesterday', until: '17' }, now);
  t.deepEqual(result, {
    ok: false,
    problems: [
      '--grep is no regular expression: /(/: Unterminated group',
      '--since takes a duration (10m, 2h) or a time (2026-01-31T12:00), not "yesterday".',
      '--until takes a duration (10m, 2h) or a time (2026-01-31T12:00), not "17".',
    ],
  });
  t.like(readLogFilter({ since: '1m', until: '2m' }, now), { ok: false });
});

const line = (text: string, over: Partial<LogLine> = {}): LogLine => ({
  source: 'web',
  stream: 'out',
  line: text,
  at: null,
  ...over,
});
const plain: LineFormat = { kind: 'prefixed', colour: false, tty: true, nameWidth: 5 };

test('names and lines cannot act on a terminal', (t) => {
  t.is(formatLine(line('a\rb\u001b[2Jc\u009b31m\td'), plain), 'web   | a\\rb\\x1b[2Jc\\x9b31m\td');
  t.is(formatLine(line('x', { source: 'a\u001b]0;t\u0007', stream: 'err' }), plain), 'a\\x1b]0;t\\x07 ! x');
});

test('colours of a line are kept where colours are wanted, dropped elsewhere, and always ended', (t) => {
  const red = line('\u001b[31mred\u001b[8mhidden');
  t.is(formatLine(red, plain), 'web   | redhidden');
  t.is(formatLine(red, { ...plain, kind: 'raw', colour: true }), '\u001b[31mredhidden\u001b[0m');
  t.true(formatLine(red, { ...plain, colour: true }).startsWith('\u001b['));
});

test('raw lines reach a pipe as they were written; JSON is one object a line', (t) => {
  t.is(formatLine(line('\u001b[31ma\0'), { ...plain, kind: 'raw', tty: false }), '\u001b[31ma\0');
  t.is(
    formatLine(line('a\nb', { at: now }), { ...plain, kind: 'json' }),
    '{"source":"web","stream":"out","line":"a\\nb","at":"2026-03-01T12:00:00.000Z"}',
  );
});
