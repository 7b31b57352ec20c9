import test from 'ava';
import { createSay } from '../../../src/engine/say.js';
import { errorJson } from '../../../src/cli/render/error.js';

const error = { code: 'MPM_X', message: 'm', hint: 'h', docs: 'd' };

test('an error is one JSON document, whatever its facts hold', (t) => {
  const circle: Record<string, unknown> = { big: 1n, cause: new Error('why'), map: new Map([['a', 1]]) };
  circle['self'] = circle;
  const shared = { a: 1 };
  const text = errorJson({ ...error, facts: { circle, first: shared, second: shared } });
  t.deepEqual(JSON.parse(text), {
    error: {
      ...error,
      facts: {
        circle: { big: '1', cause: 'why', map: { a: 1 }, self: '(circular)' },
        first: { a: 1 },
        second: { a: 1 },
      },
    },
  });
});

test('a command line works when pasted', (t) => {
  t.is(createSay('mpm-io', [])('stop', 'web:1'), 'mpm-io stop web:1');
  t.is(createSay('mpm-io', [])('stop', "it's here"), String.raw`mpm-io stop 'it'\''s here'`);
  t.is(createSay('mpm-io', [])('logs', '$(rm)'), "mpm-io logs '$(rm)'");
  t.is(createSay('mpm-io', [])('logs', ''), "mpm-io logs ''");
});
