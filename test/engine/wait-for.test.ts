import test from 'ava';
import { isReady, isStopped, waitFor, waitReady } from '../../src/engine/wait-for.js';
import { createFakeHost, instanceOf } from '../../src/testing/index.js';
import type { Detection } from '../../src/model/sighting.js';
import { absent, ended, observationOf, running, server, style, witness, workspaceOf } from './rig.js';

const web = server('web');

/** A workspace in which the nth look sees the nth detection, and the last one for ever. */
const seeing = (host: ReturnType<typeof createFakeHost>, ...detections: readonly Detection[]) => {
  let looks = 0;
  const supervised = style(() => detections[Math.min(looks++, detections.length - 1)] ?? absent);
  return { workspace: workspaceOf({ host, servers: [web], styles: { supervised } }), looks: () => looks };
};

test('it looks again until it holds', async (t) => {
  const host = createFakeHost();
  const main = host.process({});
  const starting = running(witness(main, { ready: false }));
  const { workspace, looks } = seeing(host, absent, starting, starting, running(witness(main)));
  const { held } = await waitFor(workspace, [instanceOf(web)], isReady, 60_000);
  t.true(held);
  t.is(looks(), 4);
});

test('when the time is over it says so, with what it saw last', async (t) => {
  const host = createFakeHost();
  const main = host.process({});
  const { workspace } = seeing(host, running(witness(main)));
  const began = host.clock.monotonic();
  const { held, observations } = await waitFor(workspace, [instanceOf(web)], isStopped, 5_000);
  t.false(held);
  t.is(observations[0]?.seen.length, 1);
  const took = host.clock.monotonic() - began;
  t.true(took >= 5_000 && took < 6_000);
});

test('a server that does not become ready is waited for as long as a start of it', async (t) => {
  const host = createFakeHost();
  const main = host.process({});
  const { workspace } = seeing(host, running(witness(main, { ready: false })));
  t.false(await waitReady(workspace, instanceOf(web)));
  t.true(host.clock.monotonic() >= web.ready.timeout);
});

test('called off, it ends at once', async (t) => {
  const controller = new AbortController();
  controller.abort();
  const workspace = workspaceOf({ servers: [web], signal: controller.signal });
  t.false((await waitFor(workspace, [instanceOf(web)], isReady, 60_000)).held);
});

test('a task that is done is ready, and stopped', async (t) => {
  const task = server('migrate', { type: 'task' });
  const done = await observationOf({ servers: [task], records: [ended(task, 'done', 'exited with code 0')] });
  t.true(isReady(done));
  t.true(isStopped(done));
  const service = await observationOf({
    servers: [web],
    records: [ended(web, 'done', 'exited with code 0')],
  });
  t.false(isReady(service));
  const bad = await observationOf({ servers: [web], records: [ended(web, 'failed', 'x')] });
  t.true(isStopped(bad));
});
