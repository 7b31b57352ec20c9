import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { ExecutionContext } from 'ava';
import { following, outOf, tempFolder } from './log-rig.js';

const fixture = fileURLToPath(
  new URL('../../../test/fixtures/logs/writes-numbered-lines.mjs', import.meta.url),
);

const startWriter = async (t: ExecutionContext, path: string): Promise<ChildProcess> => {
  const child = fork(fixture, [path], { execArgv: [] });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
};

const ask = async (child: ChildProcess, message: string): Promise<Record<string, number>> => {
  const answer = once(child, 'message') as Promise<[Record<string, number>]>;
  child.send(message);
  return (await answer)[0];
};

const numberOf = (line: string): number => Number(line.split(' ')[1]);

/** As the writer wrote it: the truncation may cut the last line that was read before it. */
const isWhole = (line: string): boolean => {
  const number = numberOf(line);
  return line === `line ${number} ${'x'.repeat((number + 1) % 200)}`;
};

test('a flat-out writer over rename rotations: no line is lost and none comes twice', async (t) => {
  const path = join(tempFolder(t), 'web.log');
  const reading = following(t, [outOf('web', path)]);
  const writer = await startWriter(t, path);
  for (let round = 1; round <= 5; round += 1) {
    const from = reading.seen.length;
    await reading.until((lines) => lines.length > from + 500, `lines before rotation ${round}`);
    renameSync(path, `${path}.${round}`);
    // Odd rounds: somebody makes the new file first, and the writer goes on in the old one until it is told.
    if (round % 2 === 1) writeFileSync(path, '');
    const { reopened = 0 } = await ask(writer, 'reopen');
    await reading.until(
      (lines) => numberOf(lines.at(-1)?.line ?? '') >= reopened,
      `the file after rotation ${round}`,
    );
  }
  const { count = 0 } = await ask(writer, 'stop');
  await reading.until((lines) => lines.length >= count, `all ${count} lines`);
  t.deepEqual(
    reading.seen.findIndex(({ line }, index) => numberOf(line) !== index),
    -1,
  );
  t.is(reading.seen.length, count);
});

test('copy and truncate: it goes on, and nothing comes twice', async (t) => {
  const path = join(tempFolder(t), 'web.log');
  const reading = following(t, [outOf('web', path)]);
  const writer = await startWriter(t, path);
  for (let round = 1; round <= 3; round += 1) {
    const from = reading.seen.length;
    await reading.until((lines) => lines.length > from + 500, `lines before rotation ${round}`);
    copyFileSync(path, `${path}.${round}`);
    truncateSync(path, 0);
  }
  const { count = 0 } = await ask(writer, 'stop');
  appendFileSync(path, `line ${count}\n`);
  await reading.until((lines) => numberOf(lines.at(-1)?.line ?? '') === count, 'the last line');
  const numbers = reading.seen.flatMap(({ line }) => (isWhole(line) ? numberOf(line) : []));
  t.true(numbers.length > 1500);
  t.true(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? -1)));
});

test('removed and made again', async (t) => {
  const path = join(tempFolder(t), 'web.log');
  writeFileSync(path, 'one\n');
  const reading = following(t, [outOf('web', path)]);
  await reading.until((lines) => lines.length === 1, 'the first');
  for (const word of ['two', 'three', 'four']) {
    rmSync(path);
    writeFileSync(path, `${word}\n`);
    await reading.until((lines) => lines.at(-1)?.line === word, word);
  }
  t.deepEqual(reading.texts(), ['one', 'two', 'three', 'four']);
});

test('truncated and written to the same length again', async (t) => {
  const path = join(tempFolder(t), 'web.log');
  writeFileSync(path, 'old 1\nold 2\n');
  const reading = following(t, [outOf('web', path)]);
  await reading.until((lines) => lines.length === 2, 'the old ones');
  writeFileSync(path, 'new 1\nnew 2\n');
  await reading.until((lines) => lines.at(-1)?.line === 'new 2', 'the new ones');
  t.deepEqual(reading.texts(), ['old 1', 'old 2', 'new 1', 'new 2']);
});

test('the folder itself comes later, and the first line is not lost', async (t) => {
  const folder = join(tempFolder(t), 'not', 'yet');
  const path = join(folder, 'web.log');
  const reading = following(t, [outOf('web', path)]);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, 'first\nsecond\n');
  await reading.until((lines) => lines.length === 2, 'both');
  t.deepEqual(reading.texts(), ['first', 'second']);
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  appendFileSync(path, 'third\n');
  await reading.until((lines) => lines.length === 3, 'the folder that was made again');
  t.true(existsSync(path));
});

test('a line that is written in pieces comes once, whole', async (t) => {
  const path = join(tempFolder(t), 'web.log');
  writeFileSync(path, 'done\nhalf');
  const reading = following(t, [outOf('web', path)]);
  await reading.until((lines) => lines.length === 1, 'the whole line');
  appendFileSync(path, ' and ');
  appendFileSync(path, 'half\nnext\n');
  await reading.until((lines) => lines.length === 3, 'the rest');
  t.deepEqual(reading.texts(), ['done', 'half and half', 'next']);
});

test('what was held of a line comes when its file is truncated', async (t) => {
  const path = join(tempFolder(t), 'web.log');
  writeFileSync(path, 'whole\nnever ended, and long enough');
  const reading = following(t, [outOf('web', path)]);
  await reading.until((lines) => lines.length === 1, 'the whole line');
  // The held part must have been read before the file is cut: a marker in a second write tells nothing, so append and wait for it.
  appendFileSync(path, '\nheld');
  await reading.until((lines) => lines.length === 2, 'the ended one');
  writeFileSync(path, 'new\n');
  await reading.until((lines) => lines.at(-1)?.line === 'new', 'the new one');
  t.deepEqual(reading.texts(), ['whole', 'never ended, and long enough', 'held', 'new']);
});

test('it ends with its signal and leaves nothing behind', async (t) => {
  const path = join(tempFolder(t), 'web.log');
  writeFileSync(path, 'a\n');
  const reading = following(t, [outOf('web', path)]);
  await reading.until((lines) => lines.length === 1, 'a');
  reading.stop();
  await reading.ended;
  appendFileSync(path, 'b\n');
  t.deepEqual(reading.texts(), ['a']);
});
