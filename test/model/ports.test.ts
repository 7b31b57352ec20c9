import test from 'ava';
import { choosePort } from '../../src/model/ports.js';

const fixed = (port: number, spread: boolean) => ({ kind: 'fixed' as const, port, spread });
const range = { kind: 'range' as const, from: 4000, to: 4002 };
const none = new Set<number>();

test('instance i of a fixed port has N + i where it is spread, whoever sits there', (t) => {
  t.deepEqual(choosePort(null, 0, 3000, none), { kind: 'none' });
  t.like(choosePort(fixed(3000, true), 2, null, new Set([3002])), { port: 3002 });
  t.like(choosePort(fixed(3000, false), 2, 3002, none), { port: 3000 });
  t.like(choosePort(fixed(3100, true), 0, 3000, none), { port: 3100 }, 'declared anew');
});

test('a range gives the lowest free port, and keeps what it gave', (t) => {
  t.deepEqual(choosePort(range, 0, null, none), { kind: 'port', port: 4000, kept: false });
  t.like(choosePort(range, 0, null, new Set([4000])), { port: 4001 });
  t.deepEqual(choosePort(range, 0, 4002, new Set([4002])), { kind: 'port', port: 4002, kept: true });
  t.like(choosePort(range, 0, 3999, none), { port: 4000 }, 'no longer in the range');
  t.like(choosePort(range, 0, null, new Set([4000, 4001, 4002])), { kind: 'full' });
});

test('no port outside 1 to 65535 is ever given', (t) => {
  t.deepEqual(choosePort(fixed(65_535, true), 1, null, none), { kind: 'out-of-range', port: 65_536 });
  t.like(choosePort(fixed(0, true), 0, null, none), { kind: 'out-of-range' });
  t.like(choosePort(fixed(1.5, true), 0, null, none), { kind: 'out-of-range' });
  t.like(choosePort({ kind: 'range', from: 65_534, to: 70_000 }, 0, null, none), {
    kind: 'out-of-range',
    port: 70_000,
  });
});
