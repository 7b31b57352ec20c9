import test from 'ava';
import { parseArguments, parseEnvironment } from '../../src/host/linux/details.js';

test('arguments end with a NUL each, and may be empty', (t) => {
  t.deepEqual(parseArguments('node\0server.js\0'), ['node', 'server.js']);
  t.deepEqual(parseArguments('sh\0-c\0\0'), ['sh', '-c', '']);
  t.deepEqual(parseArguments(''), []);
});

test('a title written over the arguments comes without its padding', (t) => {
  t.deepEqual(parseArguments('nginx: master process\0\0\0\0\0'), ['nginx: master process']);
  t.deepEqual(parseArguments('postgres: writer'), ['postgres: writer']);
});

test('of two equal names the first counts, and no name is special', (t) => {
  const environment = parseEnvironment('A=1\0A=2\0B=\0C=x=y\0=odd\0junk\0__proto__=p\0');
  t.deepEqual(Object.entries(environment).toReversed(), [
    ['A', '1'],
    ['B', ''],
    ['C', 'x=y'],
    ['__proto__', 'p'],
  ]);
});
