import test from 'ava';
import { suggest } from '../../src/model/suggest.js';

const commands = ['start', 'stop', 'status', 'restart', 'reload', 'logs', 'ls', 'list', 'info', 'diagnose'];

const cases: readonly (readonly [string, string | null])[] = [
  ['strat', 'start'],
  ['statsu', 'status'],
  ['sotp', 'stop'],
  ['LOGS', 'logs'],
  ['log', 'logs'],
  ['diag', 'diagnose'],
  ['restrat', 'restart'],
  ['diagonse', 'diagnose'],
  ['lgos', 'logs'],
  ['xyz', null],
  ['q', null],
  ['deploy', null],
  ['', null],
];
for (const [word, expected] of cases) {
  test(`${word === '' ? 'nothing' : word} means ${expected}`, (t) => t.is(suggest(word, commands), expected));
}
