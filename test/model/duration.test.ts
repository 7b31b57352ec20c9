import test from 'ava';
import {
  formatAge,
  formatDuration,
  formatRelative,
  formatSize,
  parseDuration,
  parseSize,
} from '../../src/model/duration.js';

const durations: readonly (readonly [string | number, number | null])[] = [
  ['10s', 10_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['2d 4h', 187_200_000],
  ['1.5s', 1500],
  ['250', 250],
  ['250ms', 250],
  [250, 250],
  ['1W', 604_800_000],
  ['0', 0],
  ['', null],
  ['s', null],
  ['-5s', null],
  ['10x', null],
  ['5 m s', null],
  [-1, null],
  [Number.NaN, null],
  ['1e3', null],
];
for (const [text, expected] of durations) {
  test(`duration of ${JSON.stringify(text)}`, (t) => t.is(parseDuration(text), expected));
}

const shown: readonly (readonly [number, string])[] = [
  [0, '0ms'],
  [999, '999ms'],
  [1000, '1s'],
  [3240, '3.2s'],
  [9949, '9.9s'],
  [9950, '10s'],
  [59_700, '1m'],
  [192_000, '3m 12s'],
  [3_600_000, '1h'],
  [3_605_000, '1h'],
  [187_200_000, '2d 4h'],
  [-5, '0ms'],
];
for (const [ms, expected] of shown)
  test(`${ms} ms is shown as ${expected}`, (t) => t.is(formatDuration(ms), expected));

test('ages and distances', (t) => {
  t.is(formatAge(192_000), '3m');
  t.is(formatAge(3900), '3s');
  t.is(formatRelative(1000, 61_000), '1m ago');
  t.is(formatRelative(61_000, 1000), 'in 1m');
  t.is(formatRelative(1000, 1500), 'now');
});

const sizes: readonly (readonly [string | number, number | null])[] = [
  ['100K', 102_400],
  ['1G', 1_073_741_824],
  ['1.5m', 1_572_864],
  ['64MiB', 67_108_864],
  ['64MB', 67_108_864],
  ['4096', 4096],
  ['12B', 12],
  [12, 12],
  ['', null],
  ['K', null],
  ['-1K', null],
  ['1 X', null],
];
for (const [text, expected] of sizes)
  test(`size of ${JSON.stringify(text)}`, (t) => t.is(parseSize(text), expected));

test('sizes for people', (t) => {
  t.deepEqual([0, 512, 1023, 1024, 1_047_552, 50_437_324, 104_857_600, 1_288_490_189].map(formatSize), [
    '0B',
    '512B',
    '1023B',
    '1K',
    '1023K',
    '48.1M',
    '100M',
    '1.2G',
  ]);
});
