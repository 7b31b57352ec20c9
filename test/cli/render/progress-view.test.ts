import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { ProgressView } from '../../../src/cli/render/progress-view.js';
import type { Terminal } from '../../../src/cli/render/terminal.js';
import { step } from './samples.js';

const tty: Terminal = { width: 40, colour: false, tty: true, unicode: true };
const pipe: Terminal = { width: 40, colour: false, tty: false, unicode: false };

const recorder = (size: { columns?: number; rows?: number } = {}) => {
  const writes: string[] = [];
  return { ...size, writes, write: (text: string) => writes.push(text) };
};

const tokens = new RegExp(String.raw`\u001b\[\??\d*[A-Za-z]|\r|\n|[^\u001b\r\n]+`, 'g');

/** What a terminal shows after these bytes: enough of one for what we write. */
const screen = (bytes: string): readonly string[] => {
  const lines = [''];
  let at = 0;
  for (const [token] of bytes.matchAll(tokens)) {
    if (token === '\n') lines[++at] ??= '';
    else if (token.endsWith('A')) at -= Number.parseInt(token.slice(2), 10);
    else if (token === '\u001b[J') lines.splice(at, Infinity, '');
    else if (!token.startsWith('\u001b') && token !== '\r') lines[at] = token;
  }
  return lines;
};

test('elsewhere than on a terminal: a line per event, and none twice', (t) => {
  const stream = recorder();
  using view = new ProgressView(stream, pipe, { monotonic: () => 0 });
  view.update('web', 'starting');
  view.update('web', 'starting');
  view.update('web', 'waiting for \u001b[31mport');
  view.finish(step({}));
  view.dispose();
  t.is(
    stream.writes.join(''),
    'web: starting\nweb: waiting for \\x1b[31mport\n+ web: ready on port 3000 after 340ms (pid 41234)\n',
  );
});

test('on a terminal: live lines below, finished steps above, one write a frame, all cleared at the end', (t) => {
  const stream = recorder({ columns: 60 });
  let now = 0;
  const view = new ProgressView(stream, tty, { monotonic: () => now });
  t.teardown(() => view.dispose());
  view.update('web', 'starting');
  now = 2000;
  view.update('api', 'starting');
  t.deepEqual(screen(stream.writes.join('')), ['◐ web: starting (2s)', '◐ api: starting', '']);
  const before = stream.writes.length;
  view.finish(step({}));
  t.is(stream.writes.length, before + 1);
  t.deepEqual(screen(stream.writes.join('')).slice(-2), ['◐ api: starting', '']);
  view.dispose();
  t.is(screen(stream.writes.join('')).at(-1), '');
  t.false(screen(stream.writes.join('')).some((line) => line.includes('api')));
  t.true(stream.writes.at(-1)?.endsWith('\u001b[?25h'));
});

test('more servers than the terminal has lines', (t) => {
  const stream = recorder({ columns: 30, rows: 5 });
  using view = new ProgressView(stream, tty, { monotonic: () => 0 });
  for (let index = 0; index < 9; index += 1) view.update(`server-${index}`, 'a'.repeat(90));
  const shown = screen(stream.writes.join('')).filter((line) => line !== '');
  t.is(shown.length, 3);
  t.is(shown.at(-1), '  and 7 more');
  t.true(shown.every((line) => line.length < 30));
});

test('a program that ends without disposing gives the cursor back and is not kept alive', (t) => {
  const module = fileURLToPath(new URL('../../../src/cli/render/progress-view.js', import.meta.url));
  const script = `import { ProgressView } from ${JSON.stringify(module)};
new ProgressView(process.stdout, { width: 40, colour: false, tty: true, unicode: true }, { monotonic: () => 0 }).update('web', 'x');`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  t.true(output.includes('\u001b[?25l'));
  t.true(output.endsWith('\u001b[?25h'));
});
