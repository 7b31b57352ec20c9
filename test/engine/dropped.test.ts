import test from 'ava';
import { planRestart, planStart, planStop } from '../../src/engine/plan.js';
import { findConflicts } from '../../src/engine/rules/index.js';
import { targetOf } from '../../src/engine/say.js';
import { createFakeHost } from '../../src/testing/index.js';
import { ended, recorded, say, server, snapshotOf } from './rig.js';

const api = server('api');
const gone = server('gone');

/** The file declares one `api`; two ran, and a server `gone`. */
const lowered = async () => {
  const host = createFakeHost();
  const [first, second, third] = [host.process({}), host.process({}), host.process({})];
  const records = [recorded(api, first), recorded(api, second, null, 1), recorded(gone, third)];
  return snapshotOf({ host, servers: [api], records });
};

test('an instance above the declared number is named with its number', async (t) => {
  const { observations } = await lowered();
  t.deepEqual(
    observations.map(({ instance, undeclared }) => [targetOf(instance), undeclared]),
    [
      ['api', false],
      ['api:1', true],
      ['gone', true],
    ],
  );
});

test('what runs and is dropped is a warning with the way out; what is only recorded is told', async (t) => {
  const told = (found: ReturnType<typeof findConflicts>) =>
    found.map(({ rule, severity, message, remedies }) => [rule, severity, message, remedies[0]?.shell]);
  t.deepEqual(told(findConflicts(await lowered(), say)), [
    ['dropped', 'warning', 'api:1 runs, and its file has dropped it.', 'mpm-io delete api:1'],
    ['dropped', 'warning', 'gone runs, and its file has dropped it.', 'mpm-io delete gone'],
  ]);
  const down = await snapshotOf({ servers: [api], records: [ended(gone, 'failed', 'exited with code 1')] });
  t.deepEqual(told(findConflicts(down, say)), [
    ['dropped', 'info', 'gone is recorded, and its file has dropped it.', 'mpm-io delete gone'],
  ]);
});

test('neither start nor restart brings up what is dropped; stop ends it', async (t) => {
  const { observations } = await lowered();
  const wish = { pointed: false, force: false };
  t.deepEqual(
    observations.map((observation) => [
      planStart(observation, say, true).action,
      planRestart(observation, say, wish).action,
      planStop(observation, say, wish).action,
    ]),
    [
      ['keep', 'stop', 'stop'],
      ['skip', 'skip', 'stop'],
      ['skip', 'skip', 'stop'],
    ],
  );
  const down = await snapshotOf({ servers: [api], records: [ended(gone, 'stopped', 'stopped as asked')] });
  const [, one] = down.observations;
  if (one === undefined) return t.fail();
  const step = planStart(one, say, true);
  t.is(
    step.action === 'skip' ? step.message : step.action,
    'its file has dropped it, so it is not started; delete it with: mpm-io delete gone',
  );
});
