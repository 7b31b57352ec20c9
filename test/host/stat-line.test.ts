import test from 'ava';
import { parseStatLine } from '../../src/host/linux/stat-line.js';

const rest = 'S 10 20 30 0 -1 4194560 1 2 3 4 50 7 1 1 20 0 9 0 123456 8000 11 18446744073709551615 1 1';

test('the fields are counted from the last parenthesis', (t) => {
  const row = parseStatLine(`42 (e) R 1 2\n(x) S) ${rest}\n`, 4096);
  t.deepEqual(row, {
    pid: 42,
    ppid: 10,
    pgid: 20,
    session: 30,
    state: 'S',
    start: 123456,
    comm: 'e) R 1 2\n(x) S',
    cpuTicks: 57,
    rssBytes: 11 * 4096,
    threads: 9,
  });
  t.true(Object.isFrozen(row));
});

test('an empty name is a name', (t) => {
  t.is(parseStatLine(`42 () ${rest}`, 4096)?.comm, '');
});

for (const text of ['', '42', '42 (node', '42 (node) S 1 2 3', ')(']) {
  test(`a text that is not whole is no row: ${JSON.stringify(text)}`, (t) => {
    t.is(parseStatLine(text, 4096), null);
  });
}
