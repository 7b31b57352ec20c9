import { PassThrough, Writable } from 'node:stream';
import test from 'ava';
import { writeLines } from '../../src/logs/write-lines.js';

test('no more is taken than the reader takes', async (t) => {
  let taken = 0;
  function* lines(): Generator<string> {
    for (; taken < 1000; taken += 1) yield 'x'.repeat(100);
  }
  const stream = new PassThrough({ highWaterMark: 1000 });
  const writing = writeLines(lines(), stream, (line) => line);
  await new Promise((resolve) => setImmediate(resolve));
  t.true(taken < 20);
  let bytes = 0;
  stream.on('data', (block: Buffer) => (bytes += block.length));
  await writing;
  t.is(taken, 1000);
  stream.end();
  await new Promise((resolve) => stream.once('end', resolve));
  t.is(bytes, 101_000);
});

test('a reader that goes away ends it without an error', async (t) => {
  let written = 0;
  const stream = new Writable({
    highWaterMark: 1,
    write: (_block, _encoding, done) => {
      written += 1;
      done(written === 3 ? Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }) : null);
    },
  });
  function* endless(): Generator<string> {
    for (;;) yield 'y';
  }
  await writeLines(endless(), stream, (line) => line);
  t.is(written, 3);
});

test('it ends with its signal while the reader is stuck', async (t) => {
  const controller = new AbortController();
  const stuck = new Writable({ highWaterMark: 1, write: () => undefined });
  const writing = writeLines(['a', 'b', 'c'], stuck, (line) => line, controller.signal);
  controller.abort();
  await writing;
  t.is(stuck.listenerCount('drain'), 0);
});
