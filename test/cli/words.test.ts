/** What is said: progress, warnings and hints, where people read them. */
import ava from 'ava';
import { freePort, isClean, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

test('more servers than a signal has listeners by default: no warning of Node', async (t) => {
  const servers = Array.from({ length: 12 }, (_value, index) => ({
    name: `w${index}`,
    command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
    stop: { timeout: '2s' },
  }));
  const { mpm } = project(t, servers);
  const started = await mpm('start', 'all');
  t.is(started.code, 0, started.text);
  t.notRegex(started.text, /MaxListeners|Warning/);
  const stopped = await mpm('stop', 'all');
  t.is(stopped.code, 0, stopped.text);
  t.notRegex(stopped.text, /MaxListeners|Warning/);
});

test('a start tells at once that it starts, and then what it waits for', async (t) => {
  const port = await freePort();
  const { mpm } = project(t, [{ name: 'web', script: server, port, ready: { http: '/health' } }]);
  const started = await mpm('start', 'web');
  t.is(started.code, 0, started.text);
  t.regex(started.stderr, /^web: starting\nweb: waiting until ready \(.*\/health.*\)\n/);
  isClean(t, started);
});
