import test from 'ava';
import {
  checkDetections,
  checkDiscoveries,
  checkDiscovery,
  checkInfo,
  checkSighting,
  checkStart,
  checkStop,
} from '../../src/plugin/check-answer.js';
import type { Sighting } from '../../src/model/sighting.js';
import { witness } from '../engine/rig.js';

const main = { pid: 4_100_001, start: 7, boot: 'fake-boot/1' };
const key = 'default/web:0';

const detect = (detection: unknown): unknown => checkDetections(new Map([[key, detection]]), [key]).get(key);

test('a proper answer is handed on', (t) => {
  const detection = { seen: 'running', sightings: [witness(main)] };
  t.is(detect(detection), detection);
  t.deepEqual(detect({ seen: 'unavailable', reason: 'x'.repeat(9_000) }), {
    seen: 'unavailable',
    reason: 'x'.repeat(4_000),
  });
});

test('what is missing in an answer is told as not looked at, never as absent', (t) => {
  for (const nothing of [undefined, null])
    t.deepEqual(detect(nothing), { seen: 'unavailable', reason: 'the style gave no answer about it' });
});

for (const [title, answer, expected] of [
  ['an object', {}, /must resolve to a Map/],
  ['nothing', undefined, /must resolve to a Map/],
  ['a boolean', new Map([[key, true]]), /answered true about default\/web:0/],
  ['running without sightings', new Map([[key, { seen: 'running', sightings: [] }]]), /gives no sighting/],
  [
    'a flood of sightings',
    new Map([[key, { seen: 'running', sightings: Array.from({ length: 101 }, () => witness(main)) }]]),
    /gave 101 sightings/,
  ],
  ['absent without evidence', new Map([[key, { seen: 'absent' }]]), /evidence must be a list/],
] as const) {
  test(`detect that answers ${title} is refused`, (t) => {
    t.throws(() => checkDetections(answer, [key]), { instanceOf: TypeError, message: expected });
  });
}

for (const [title, changes, expected] of [
  ['no evidence', { evidence: [] }, /at least one piece/],
  ['a flood of evidence', { evidence: Array(51).fill({ source: 'a', text: 'b' }) }, /51 pieces/],
  ['a file for evidence', { evidence: [{ source: 'a', text: 'x'.repeat(4_001) }] }, /not a file/],
  ['evidence without text', { evidence: [{ source: 'a', text: '' }] }, /a source and a text/],
  ['an owner without a manager', { role: 'owner' }, /must name its manager/],
  ['a role of its own', { role: 'boss' }, /owner or a witness/],
  ['a phase of its own', { phase: 'zombie' }, /has the phase "zombie"/],
  ['a ready of its own', { ready: 'yes' }, /ready of a sighting/],
  ['no list of endpoints', { endpoints: null }, /endpoints/],
  ['PID 1', { main: { ...main, pid: 1 } }, /names PID 1/],
  ['PID -1', { main: { ...main, pid: -1 } }, /names PID -1/],
  ['a PID as text', { main: { ...main, pid: '12' } }, /names PID 12/],
  ['a mere number for its main process', { main: 12 }, /names PID 12/],
] as const) {
  test(`a sighting with ${title} is refused`, (t) => {
    t.throws(() => checkSighting({ ...witness(main), ...changes } as unknown as Sighting), {
      message: expected,
    });
  });
}

test('discoveries are counted and checked', (t) => {
  const one = { name: 'x', sighting: witness(main) };
  t.deepEqual(checkDiscoveries([one]), [one]);
  t.is(checkDiscovery(null), null);
  t.is(checkDiscovery(undefined), null);
  t.throws(() => checkDiscoveries({}), { message: /a list/ });
  t.throws(() => checkDiscoveries([null]), { message: /no discovery/ });
  t.throws(() => checkDiscoveries(Array(5_001).fill(one)), { message: /5001 servers/ });
  t.throws(() => checkDiscovery({ name: '', sighting: witness(main) }), { message: /has a name/ });
});

test('lines of info are texts, and not too many', (t) => {
  t.deepEqual(checkInfo([{ label: 'a', value: 'b', raw: 1 }]), [{ label: 'a', value: 'b', raw: 1 }]);
  t.throws(() => checkInfo('text'), { message: /a list of lines/ });
  t.throws(() => checkInfo([{ label: 'a', value: 1 }]), { message: /both texts/ });
  t.throws(() => checkInfo(Array(501).fill({ label: 'a', value: 'b' })), { message: /501 lines/ });
  t.throws(() => checkInfo([{ label: 'a', value: 'x'.repeat(4_001) }]), { message: /too long/ });
});

test('the outcomes of start and stop are of the known kinds', (t) => {
  t.throws(() => checkStart(undefined), { message: /start must resolve to an outcome/ });
  t.throws(() => checkStart({ kind: 'fine' }), { message: /start must resolve to an outcome/ });
  t.throws(() => checkStart({ kind: 'ready' }), { message: /names no process/ });
  t.like(checkStart({ kind: 'failed', code: 'X', message: 'm', hint: 'h' }), { stderr: [] });
  t.throws(() => checkStop(true), { message: /stop must resolve to an outcome/ });
  t.deepEqual(checkStop({ kind: 'stopped' }), {
    kind: 'stopped',
    attempts: [],
    survivors: [],
    spared: [],
    message: null,
  });
});
