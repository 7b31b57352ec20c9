import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { everything } from '../../src/logs/log-filter.js';
import { tailLines } from '../../src/logs/follow.js';
import type { LogFilter } from '../../src/logs/log-filter.js';
import { outOf, tempFolder } from './log-rig.js';

const tailOf = (path: string, lines: number, filter: Partial<LogFilter> = {}): readonly string[] =>
  tailLines([outOf('web', path)], lines, { filter: { ...everything, ...filter } }).map(({ line }) => line);

test('the last lines, whatever the size of the blocks they lie in', (t) => {
  const path = join(tempFolder(t), 'web.log');
  const all = Array.from({ length: 20_000 }, (_, index) => `${index} ${'y'.repeat(index % 97)}`);
  writeFileSync(path, `${all.join('\n')}\n`);
  t.deepEqual(tailOf(path, 3), all.slice(-3));
  t.deepEqual(tailOf(path, 5000), all.slice(-5000));
  t.deepEqual(tailOf(path, 1_000_000), all);
  t.deepEqual(tailOf(path, 0), []);
});

test('empty lines, a last line without an end, an empty file, one line end, no file', (t) => {
  const path = join(tempFolder(t), 'web.log');
  t.deepEqual(tailOf(path, 5), []);
  writeFileSync(path, '');
  t.deepEqual(tailOf(path, 5), []);
  writeFileSync(path, '\n');
  t.deepEqual(tailOf(path, 5), ['']);
  writeFileSync(path, '\n\na\n\nb');
  t.deepEqual(tailOf(path, 5), ['', '', 'a', '', 'b']);
  t.deepEqual(tailOf(path, 2), ['', 'b']);
});

test('line ends of Windows, NULs, what is no UTF-8', (t) => {
  const path = join(tempFolder(t), 'web.log');
  writeFileSync(path, Buffer.from('a\r\n\0\0\0b\0c\n\xff\xfe\n日本\n', 'latin1'));
  t.deepEqual(tailOf(path, 9).slice(0, 3), ['a', 'b\0c', '\ufffd\ufffd']);
});

test('a line of many megabytes is cut, marked, and does not hide its neighbours', (t) => {
  const path = join(tempFolder(t), 'web.log');
  writeFileSync(path, `before\n${'é'.repeat(3_000_000)}\nafter\n`);
  const [before, long = '', after] = tailOf(path, 3);
  t.deepEqual([before, after], ['before', 'after']);
  t.true(long.endsWith('… (line cut at 64 KB)'));
  t.false(long.includes('\ufffd'));
  t.true(Buffer.byteLength(long) < 66_000);
});

test('a FIFO and a folder have no lines, and do not block', (t) => {
  const folder = tempFolder(t);
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  mkdirSync(join(folder, 'folder'));
  t.deepEqual(tailOf(join(folder, 'fifo'), 5), []);
  t.deepEqual(tailOf(join(folder, 'folder'), 5), []);
});

test('a pattern counts before the number of lines does', (t) => {
  const path = join(tempFolder(t), 'web.log');
  const lines = Array.from({ length: 1000 }, (_, index) =>
    index % 100 === 0 ? `\u001b[31mERR\u001b[0mOR ${index}` : `ok ${index}`,
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
  t.deepEqual(tailOf(path, 2, { grep: /ERROR/ }), [lines[800], lines[900]]);
});

test('times: lines without one take that of the line above', (t) => {
  const path = join(tempFolder(t), 'web.log');
  const at = (minute: number): string => `2026-01-01T10:0${minute}:00Z`;
  writeFileSync(path, `lost\n${at(1)} one\n  at x\n${at(2)} two\n  at y\n${at(3)} three\n  at z\n`);
  const since = Date.parse(at(2));
  t.deepEqual(tailOf(path, 99, { since }), [`${at(2)} two`, '  at y', `${at(3)} three`, '  at z']);
  t.deepEqual(tailOf(path, 99, { until: since }), [
    'lost',
    `${at(1)} one`,
    '  at x',
    `${at(2)} two`,
    '  at y',
  ]);
  t.deepEqual(tailOf(path, 3, { until: since }), ['  at x', `${at(2)} two`, '  at y']);
  t.deepEqual(tailOf(path, 99, { since, until: since }), [`${at(2)} two`, '  at y']);
});

test('several files are merged by time, each in its own order', (t) => {
  const folder = tempFolder(t);
  const [left, right] = [join(folder, 'a.log'), join(folder, 'b.log')];
  writeFileSync(left, '2026-01-01T10:00:01Z a1\n trace\n2026-01-01T10:00:05Z a2\n');
  writeFileSync(right, '{"time":1767261602000,"msg":"b1"}\n[2026-01-01 10:00:04.500Z] b2\n');
  const lines = tailLines([outOf('a', left), { source: 'b', stream: 'err', path: right }], 9);
  t.deepEqual(
    lines.map(({ source, stream, line }) => `${source} ${stream} ${line.slice(-5)}`),
    ['a out 1Z a1', 'a out trace', 'b err "b1"}', 'b err Z] b2', 'a out 5Z a2'],
  );
});

test('one file for two servers is read once', (t) => {
  const path = join(tempFolder(t), 'web.log');
  writeFileSync(path, 'a\n');
  t.deepEqual(
    tailLines([outOf('one', path), outOf('two', path)], 9).map(({ source }) => source),
    ['one'],
  );
});
