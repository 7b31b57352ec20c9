import test from 'ava';
import { mergeSightings, unitOfProcess } from '../../src/engine/merge.js';
import { createFakeHost, createLook } from '../../src/testing/index.js';
import { recorded, server, tcp, witness } from './rig.js';

const styled = (...args: Parameters<typeof witness>) => ({ ...witness(...args), style: 'http' });

test('npm, the shell below it and the node below that are one server', (t) => {
  const host = createFakeHost();
  const npm = host.process({ argv: ['npm', 'start'] });
  const sh = host.process({ argv: ['sh', '-c', 'node .'], ppid: npm.pid });
  const node = host.process({ argv: ['node', '.'], ppid: sh.pid });
  const seen = mergeSightings([styled(node), styled(npm), styled(sh)], createLook(host));
  t.is(seen.length, 1);
  t.deepEqual(seen[0]?.main, npm);
  t.deepEqual([...(seen[0]?.pids ?? [])].sort(), [npm.pid, sh.pid, node.pid].sort());
});

test('the main process is the owner’s word', (t) => {
  const host = createFakeHost();
  const npm = host.process({ argv: ['npm', 'start'] });
  const node = host.process({ argv: ['node', '.'], ppid: npm.pid });
  const manager = { style: 'x', name: 'x at y', pid: null };
  const [seen] = mergeSightings([styled(npm), styled(node, { role: 'owner', manager })], createLook(host));
  t.deepEqual(seen?.main, node);
  t.deepEqual(seen?.owners, [manager]);
  t.is(seen?.sightings[0].role, 'owner');
});

test('two that only share a parent are two', (t) => {
  const host = createFakeHost();
  const [a, b] = [host.process({}), host.process({})];
  t.is(mergeSightings([styled(a), styled(b)], createLook(host)).length, 2);
});

test('the boundary of a unit parts what descends from one another', (t) => {
  const host = createFakeHost();
  const outer = host.process({ argv: ['node', 'runner.js'] });
  const inner = host.process({ argv: ['node', 'web.js'], ppid: outer.pid });
  const view = recorded(server('web'), inner);
  const look = createLook(host, { units: new Map([['default/web:0', view]]) });
  t.is(unitOfProcess(inner.pid, look), 'default/web:0');
  t.is(unitOfProcess(outer.pid, look), null);
  t.is(mergeSightings([styled(outer), styled(inner)], look).length, 2);
});

test('what is below the helper, or in its session, is the unit', (t) => {
  const host = createFakeHost();
  const helper = host.process({ argv: ['/bin/sh'] });
  const main = host.process({ ppid: helper.pid, session: helper.pid });
  const orphan = host.process({ ppid: 1, session: helper.pid });
  const view = { ...recorded(server('web'), main), helper };
  const look = createLook(host, { units: new Map([['default/web:0', view]]) });
  for (const { pid } of [helper, main, orphan]) t.is(unitOfProcess(pid, look), 'default/web:0');
  t.is(mergeSightings([styled(main), styled(orphan)], look).length, 1);
});

test('two units on one port are two', (t) => {
  const host = createFakeHost();
  const [a, b] = [host.process({}), host.process({})];
  const units = new Map([
    ['default/a:0', recorded(server('a'), a, 80)],
    ['default/b:0', recorded(server('b'), b, 80)],
  ]);
  const seen = mergeSightings(
    [styled(a, { endpoints: [tcp(80)] }), styled(b, { endpoints: [tcp(80)] })],
    createLook(host, { units }),
  );
  t.is(seen.length, 2);
});

test('a sighting without a process joins the one on its endpoint, else stands alone', (t) => {
  const host = createFakeHost();
  const main = host.process({});
  const hidden = styled(null, { endpoints: [tcp(80)] });
  const look = createLook(host);
  t.is(mergeSightings([styled(main, { endpoints: [tcp(80)] }), hidden], look).length, 1);
  const apart = mergeSightings([styled(main, { endpoints: [tcp(81)] }), hidden], look);
  t.deepEqual(
    apart.map(({ main: found }) => found),
    [main, null],
  );
});
