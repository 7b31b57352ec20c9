import test from 'ava';
import type { Selected } from '../../src/engine/instances.js';
import { targetOf } from '../../src/engine/say.js';
import { selectTargets, type TargetQuery } from '../../src/engine/targets.js';
import { isMpmError } from '../../src/model/errors/index.js';
import { instanceOf } from '../../src/testing/index.js';
import { recorded, server } from './rig.js';

const one = (name: string, more: Parameters<typeof server>[1] = {}, id?: number): readonly Selected[] => {
  const declared = server(name, more);
  const identity = { pid: 4_100_001, start: 1, boot: 'b' };
  return Array.from({ length: declared.instances }, (_value, index) => ({
    instance: instanceOf(declared, index, {
      record: id === undefined ? null : { ...recorded(declared, identity).record, id: id + index },
    }),
    undeclared: false,
  }));
};

const here: readonly Selected[] = [
  ...one('web', { instances: 2 }, 10),
  ...one('web:1'),
  ...one('api'),
  ...one('7'),
  ...one('all'),
  ...one('-dash'),
  ...one('a b'),
  ...one('größe'),
  ...one('up/down'),
  ...one('api', { namespace: 'prod' }),
  ...one('job', { namespace: 'prod', style: 'http' }),
  ...one('twice', { namespace: 'x' }),
  ...one('twice', { namespace: 'y' }),
];
const others = [
  ...one('web', { declaredIn: '/other.json' }),
  ...one('far', { declaredIn: '/other.json' }, 3),
];

const none: TargetQuery = { words: [], namespace: null, style: null, only: [] };
const pick = (query: Partial<TargetQuery>): readonly string[] =>
  selectTargets({ ...none, ...query }, here, others).map(({ instance: { server: found, key } }) =>
    found.declaredIn === '/other.json' ? `other ${key}` : key,
  );

for (const [word, ...expected] of [
  ['web', 'default/web:0', 'default/web:1'],
  ['web:0', 'default/web:0'],
  ['web:1', 'default/web:1:0'],
  ['default/web:1', 'default/web:1:0'],
  ['api', 'default/api:0'],
  ['prod/api', 'prod/api:0'],
  ['prod/api:0', 'prod/api:0'],
  ['job', 'prod/job:0'],
  ['7', 'default/7:0'],
  ['10', 'default/web:0'],
  ['11', 'default/web:1'],
  ['3', 'other default/far:0'],
  ['far', 'other default/far:0'],
  ['default/all', 'default/all:0'],
  ['-dash', 'default/-dash:0'],
  ['a b', 'default/a b:0'],
  ['größe', 'default/größe:0'],
  ['up/down', 'default/up/down:0'],
  ['pr?d/*', 'prod/api:0', 'prod/job:0'],
  ['w*', 'default/web:0', 'default/web:1', 'default/web:1:0'],
  ['[a-b]pi', 'default/api:0', 'prod/api:0'],
  ['[!a]p/down', 'default/up/down:0'],
  ['/^AP/i', 'default/api:0', 'prod/api:0'],
  ['/o/gy', 'default/up/down:0', 'prod/api:0', 'prod/job:0'],
] as const) {
  test(`${word} means ${expected.join(', ')}`, (t) => {
    const found = pick({ words: [word] });
    t.deepEqual(word === '/o/gy' ? found.filter((key) => expected.some((other) => other === key)) : found, [
      ...expected,
    ]);
  });
}

test('nothing named and `all` mean what is here', (t) => {
  t.is(pick({}).length, here.length);
  t.is(pick({ words: ['all'] }).length, here.length);
});

test('namespace, style and only keep what fits; each instance once', (t) => {
  t.deepEqual(pick({ words: ['all'], namespace: 'prod' }), ['prod/api:0', 'prod/job:0']);
  t.deepEqual(pick({ style: 'http' }), ['prod/job:0']);
  t.deepEqual(pick({ only: ['web:0', '7'] }), ['default/web:0', 'default/7:0']);
  t.deepEqual(pick({ words: ['web', 'w*', 'web:0'] }).length, 3);
});

const failure = (query: Partial<TargetQuery>): string => {
  try {
    return pick(query).join();
  } catch (error) {
    return isMpmError(error) ? `${error.code}: ${error.message}` : String(error);
  }
};

test('what names nothing is told, with what was probably meant', (t) => {
  t.is(failure({ words: ['wbe'] }), 'MPM_TARGET_UNKNOWN: There is no server wbe. Did you mean "web"?');
  t.is(failure({ words: ['zzzzz'] }), 'MPM_TARGET_UNKNOWN: There is no server zzzzz.');
  t.regex(failure({ words: ['web:9'] }), /There is no server web:9/);
  t.regex(failure({ words: ['99'] }), /TARGET_UNKNOWN/);
  t.regex(failure({ words: ['nothing*'] }), /TARGET_UNKNOWN/);
  t.regex(failure({ words: ['[z-a*'] }), /TARGET_UNKNOWN/);
  t.regex(failure({ words: ['a]b*'] }), /TARGET_UNKNOWN/);
  t.regex(failure({ words: ['[z-a]*'] }), /TARGET_PATTERN/);
  t.regex(failure({ words: ['/(/'] }), /^MPM_TARGET_PATTERN: \/\(\/ is not a regular expression/);
  t.regex(failure({ words: ['/a/zz'] }), /TARGET_PATTERN/);
  t.regex(failure({ only: ['wbe'] }), /TARGET_UNKNOWN/);
});

test('a filter says which of two is meant, and what it leaves out is told', (t) => {
  t.deepEqual(pick({ words: ['api'], namespace: 'prod' }), ['prod/api:0']);
  t.deepEqual(pick({ words: ['twice'], namespace: 'y' }), ['y/twice:0']);
  t.deepEqual(pick({ words: ['job'], style: 'http' }), ['prod/job:0']);
  t.is(
    failure({ words: ['web'], namespace: 'prod' }),
    'MPM_TARGET_EXCLUDED: There is web, and that is left out by: --namespace prod',
  );
  t.regex(failure({ words: ['twice'], namespace: 'prod' }), /TARGET_EXCLUDED/);
  t.regex(failure({ words: ['api'], only: ['web'] }), /There is web, and that is left out by: api$/);
  t.regex(failure({ words: ['7'], style: 'http' }), /left out by: --style http/);
});

test('a name of two namespaces is told as two', (t) => {
  t.is(failure({ words: ['twice'] }), 'MPM_TARGET_AMBIGUOUS: There are 2 servers twice: x/twice, y/twice.');
});

test('what a command prints leads back to the instance it is about', (t) => {
  for (const { instance } of here) {
    if (instance.key === 'default/web:1') continue; // the exact name of another server wins over its index
    t.deepEqual(pick({ words: [targetOf(instance)] }), [instance.key], targetOf(instance));
  }
});
