import test from 'ava';
import { instancesOf, recordedInstances } from '../../src/engine/instances.js';
import type { UnitView } from '../../src/model/unit-view.js';
import { ended, file, fixed, recorded, server } from './rig.js';

const main = { pid: 4_100_001, start: 1, boot: 'fake-boot/1' };
const units = (...views: readonly UnitView[]) => new Map(views.map((view) => [view.record.spec.key, view]));

test('a fixed port is spread over the instances, a range has none before one is recorded', (t) => {
  const spread = server('web', { port: fixed(80), instances: 3 });
  t.deepEqual(
    instancesOf([spread], file, new Map()).map(({ instance: { key, port, endpoints } }) => [
      key,
      port,
      endpoints,
    ]),
    [0, 1, 2].map((index) => [
      `default/web:${index}`,
      80 + index,
      [{ kind: 'tcp', port: 80 + index, host: null }],
    ]),
  );
  const shared = server('web', { port: { kind: 'fixed', port: 80, spread: false }, instances: 2 });
  t.deepEqual(
    instancesOf([shared], file, new Map()).map(({ instance: { port } }) => port),
    [80, 80],
  );
  const range = server('web', { port: { kind: 'range', from: 80, to: 89 }, instances: 2 });
  t.deepEqual(
    instancesOf([range], file, units(recorded(range, main, 85, 1))).map(({ instance: { port } }) => port),
    [null, 85],
  );
});

test('what runs keeps its port when the file gives another; what is down goes by the file', (t) => {
  const before = server('web', { port: fixed(80) });
  const now = server('web', { port: fixed(90) });
  const portOf = (view: UnitView) => instancesOf([now], file, units(view))[0]?.instance.port;
  t.is(portOf(recorded(before, main, 80)), 80);
  t.is(portOf(ended(before, 'stopped', 'asked')), 90);
});

test('what its file has dropped is shown as undeclared, also a surplus instance', (t) => {
  const web = server('web');
  const gone = server('gone');
  const found = instancesOf(
    [web],
    file,
    units(recorded(web, main), recorded(web, main, null, 1), recorded(gone, main)),
  );
  t.deepEqual(
    found.map(({ instance: { key, record }, undeclared }) => [key, record !== null, undeclared]),
    [
      ['default/web:0', true, false],
      ['default/web:1', true, true],
      ['default/gone:0', true, true],
    ],
  );
});

test('the records of another file, and of none, are not this file’s', (t) => {
  const web = server('web');
  const theirs = recorded(server('web', { declaredIn: '/other.json' }), main);
  const adHoc = recorded(server('job', { declaredIn: null }), main);
  const found = instancesOf([web], file, units(theirs, adHoc));
  t.deepEqual(
    found.map(({ instance: { key, record } }) => [key, record]),
    [['default/web:0', null]],
  );
});

test('recorded instances of one name count per file', (t) => {
  const ours = recorded(server('web'), main);
  const theirs = recorded(server('web', { declaredIn: '/other.json' }), main, null, 1);
  t.deepEqual(
    recordedInstances([ours, theirs]).map(({ instance: { key, server: one } }) => [key, one.declaredIn]),
    [
      ['default/web:0', file],
      ['default/web:1', '/other.json'],
    ],
  );
});
