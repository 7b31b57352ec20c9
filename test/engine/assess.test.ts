import test from 'ava';
import { assess } from '../../src/engine/assess.js';
import { stateOf } from '../../src/engine/build-report.js';
import type { Sighting } from '../../src/model/sighting.js';
import { createFakeHost } from '../../src/testing/index.js';
import {
  absent,
  ended,
  fixed,
  observationOf,
  recorded,
  recordOnly,
  running,
  server,
  style,
  witness,
} from './rig.js';

const web = server('web');

const assessed = async (sightings: readonly Partial<Sighting>[]) => {
  const host = createFakeHost();
  const main = host.process({});
  const [first, ...rest] = sightings.map((more) => witness(main, more));
  if (first === undefined) throw new Error('no sighting');
  return assess(
    await observationOf({
      host,
      servers: [web],
      styles: { supervised: style(() => running(first, ...rest)) },
    }),
  );
};

for (const [title, sightings, state] of [
  ['ready', [{ ready: true }], 'online'],
  ['not asked', [{ ready: null }], 'online'],
  ['not ready', [{ ready: false }], 'starting'],
  ['one "no" outweighs', [{ ready: true }, { ready: false }], 'starting'],
  ['starting', [{ phase: 'starting', ready: null }], 'starting'],
  ['stopping', [{ phase: 'stopping' }], 'stopping'],
  ['unresponsive', [{ ready: false, unresponsive: true }], 'unresponsive'],
  ['unproven', [{ proven: false }], 'online'],
  ['ended as the style says', [{ phase: 'failed', reason: 'exit 3' }], 'failed'],
  ['done as the style says', [{ phase: 'done', reason: 'exit 0' }], 'done'],
  ['stopped as the style says', [{ phase: 'stopped' }], 'stopped'],
] as const) {
  test(`what is seen as ${title} is ${state}`, async (t) => {
    t.is(stateOf(await assessed(sightings)), state);
  });
}

test('what nobody sees is what its record says, else stopped', async (t) => {
  const of = async (records: Parameters<typeof observationOf>[0]['records']) =>
    assess(await observationOf({ servers: [web], ...(records === undefined ? {} : { records }) }));
  t.deepEqual(await of([]), { is: 'stopped', reason: null });
  t.deepEqual(await of([ended(web, 'failed', 'exited with code 3')]), {
    is: 'failed',
    reason: 'exited with code 3',
  });
  t.deepEqual(await of([ended(web, 'done', 'exited with code 0')]), {
    is: 'done',
    reason: 'exited with code 0',
  });
  t.deepEqual(await of([ended(web, 'stopped', 'stopped as asked')]), {
    is: 'stopped',
    reason: 'stopped as asked',
  });
});

test('a unit that another command is just spawning is not down for nobody’s reason', async (t) => {
  const view = { ...ended(web, 'failed', ''), state: 'starting' as const, reason: null };
  t.deepEqual(assess(await observationOf({ servers: [web], records: [view] })), {
    is: 'stopped',
    reason: 'another command is starting it',
  });
});

test('a style that cannot look, fails or answers nonsense leaves it unknown, never stopped', async (t) => {
  for (const broken of [
    style(() => ({ seen: 'unavailable', reason: 'no socket' })),
    style(() => {
      throw new Error('no socket');
    }),
    { ...style(), detect: async () => new Map([['default/web:0', 'no socket' as never]]) },
  ]) {
    const observation = await observationOf({ servers: [web], styles: { supervised: broken } });
    const assessment = assess(observation);
    t.is(assessment.is, 'unknown');
    t.regex(assessment.is === 'unknown' ? assessment.reason : '', /no socket/);
  }
  const notLoaded = await observationOf({ servers: [web], styles: {} });
  t.like(assess(notLoaded), { is: 'unknown', reason: 'the style supervised is not loaded here' });
});

test('what we launched ourselves is known although its style cannot look', async (t) => {
  const host = createFakeHost();
  const main = host.process({});
  const blind = style(() => {
    throw new Error('broken');
  });
  const observation = await observationOf({
    host,
    servers: [web],
    records: [recorded(web, main)],
    styles: { supervised: blind },
  });
  t.like(assess(observation), { is: 'running', ours: true });
});

test('ours comes before what is proved before what is merely there', async (t) => {
  const host = createFakeHost();
  const [mine, proved, there] = [host.process({}), host.process({}), host.process({})];
  const view = recorded(web, mine);
  const others = [witness(there, { proven: false }), witness(proved)];
  const detect = (withOurs: boolean) =>
    style((instance, look) => {
      const own = recordOnly(instance, look);
      const sightings = [...others, ...(withOurs && own.seen === 'running' ? own.sightings : [])];
      return running(sightings[0] ?? witness(there), ...sightings.slice(1));
    });
  const first = assess(
    await observationOf({ host, servers: [web], records: [view], styles: { supervised: detect(true) } }),
  );
  t.like(first, { is: 'running', ours: true, seen: { main: mine } });
  const second = assess(await observationOf({ host, servers: [web], styles: { supervised: detect(false) } }));
  t.like(second, { is: 'running', ours: false, proven: true, seen: { main: proved } });
});

for (const [title, declared, state] of [
  ['with a port', server('web', { port: fixed(8765) }), 'unresponsive'],
  [
    'with a health probe',
    server('web', {
      health: {
        probe: { kind: 'exec', command: { shell: 'x' } },
        interval: 1,
        timeout: 1,
        retries: 1,
        restart: 0,
      },
    }),
    'unresponsive',
  ],
  ['that answers nobody anyway', server('web', { health: null }), 'online'],
] as const) {
  test(`a recorded server ${title} that a signal has stopped is ${state}, and says why`, async (t) => {
    const host = createFakeHost();
    const main = host.process({ state: 'T', listen: [{ port: 8765 }] });
    const port = declared.port?.kind === 'fixed' ? declared.port.port : null;
    const assessment = assess(
      await observationOf({ host, servers: [declared], records: [recorded(declared, main, port)] }),
    );
    t.is(stateOf(assessment), state);
    t.is(
      assessment.reason,
      `PID ${main.pid} is stopped by a signal or a debugger (state T); it goes on with: kill -CONT ${main.pid}`,
    );
  });
}

test('absence of every trace is stopped', async (t) => {
  t.deepEqual(assess(await observationOf({ servers: [web], styles: { supervised: style(() => absent) } })), {
    is: 'stopped',
    reason: null,
  });
});
