import { spawnSync } from 'node:child_process';
import test from 'ava';
import { fixture } from './rig.js';

test('what has been answered leaves nothing open', (t) => {
  const built = new URL('../../src/host/index.js', import.meta.url).href;
  const began = performance.now();
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    [fixture('leaves-nothing-open.mjs'), built],
    {
      encoding: 'utf8',
      timeout: 20_000,
    },
  );
  t.is(stdout, '7', stderr);
  t.is(status, 0);
  t.true(performance.now() - began < 10_000);
});
