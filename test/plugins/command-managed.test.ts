import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createHost } from '../../src/host/index.js';
import type { Plugin } from '../../src/plugin/index.js';
import {
  conformanceCases,
  createFakeContext,
  createFakeHost,
  createLook,
  declareServer,
  instanceOf,
  type ConformanceFixture,
  type FakeHost,
} from '../../src/testing/index.js';

const folder = new URL('../../../examples/plugins/command-managed/', import.meta.url);
const { default: plugin } = (await import(new URL('index.js', folder).href)) as { default: Plugin };

const pid = 4_100_001;
const options = {
  commands: { start: ['ctl', 'start'], stop: ['ctl', 'stop'], status: ['ctl', 'status'], pid: 'ctl pid' },
};
const server = declareServer({ style: 'command-managed', command: null, script: null, options });

/** `ctl` runs and ends one process, and says what it knows of it. */
const control = (host: FakeHost): void => {
  const isUp = () => host.processes.details(pid)?.argv[0] === 'served';
  host.program('ctl', ([, verb]) => {
    if (verb === 'status') return { code: isUp() ? 0 : 3, stdout: isUp() ? 'up' : 'down' };
    if (verb === 'start' && !isUp()) host.process({ pid, argv: ['served'] });
    if (verb === 'stop') host.kill(pid);
    return { code: 0 };
  });
  host.program('sh', () => (isUp() ? { stdout: `${pid}\n` } : { code: 1 }));
};

const fixture: ConformanceFixture = {
  server,
  present: (host) => {
    control(host);
    return { main: host.process({ pid, argv: ['served'] }) };
  },
  absent: (host) => {
    control(host);
    host.kill(pid);
  },
  isChange: ({ argv }) => ['start', 'stop'].includes(argv[1] ?? ''),
};

for (const { name, run } of conformanceCases(plugin, fixture)) {
  test(name, async (t) => {
    await t.notThrowsAsync(run);
  });
}

const detectOn = async (host: FakeHost, changes: object = {}) => {
  const instance = instanceOf({ ...server, options: { ...options, ...changes } });
  const style = plugin.create(undefined, host);
  return (await style.detect([instance], createLook(host))).get(instance.key);
};

for (const [what, behaviour, reason] of [
  ['is missing', 'missing', /cannot be run/],
  ['hangs', 'hang', /did not end in time/],
  ['exits with a code that is not declared', { code: 4 }, /exited with 4/],
] as const) {
  test(`a status command that ${what}: unavailable, not absent`, async (t) => {
    const host = createFakeHost();
    host.program('ctl', behaviour);
    const found = await detectOn(host);
    t.is(found?.seen, 'unavailable');
    t.regex(found?.seen === 'unavailable' ? found.reason : '', reason);
    t.true(host.clock.monotonic() <= 1000);
  });
}

test('exit codes are mapped as declared', async (t) => {
  const host = createFakeHost();
  host.program('ctl', { code: 4, stdout: 'fine' });
  t.is((await detectOn(host, { statusCodes: { running: [4] } }))?.seen, 'running');
  t.is((await detectOn(host, { statusCodes: { stopped: [4] } }))?.seen, 'absent');
});

test('a start that fails tells what was printed', async (t) => {
  const host = createFakeHost();
  host.program('ctl', ([, verb]) => (verb === 'status' ? { code: 3 } : { code: 1, stderr: 'no disk\n' }));
  const outcome = await plugin
    .create(undefined, host)
    .start(instanceOf(server), createFakeContext(host, createLook(host)));
  t.like(outcome, { kind: 'failed', stderr: ['no disk'] });
});

test('a stop that leaves it running is told as survived', async (t) => {
  const host = createFakeHost();
  host.program('ctl', { code: 0 });
  const found = await detectOn(host);
  if (found?.seen !== 'running') return t.fail();
  const instance = instanceOf(server);
  const context = createFakeContext(host, createLook(host));
  const outcome = await plugin.create(undefined, host).stop(instance, found.sightings[0], context);
  t.is(outcome.kind, 'survived');
});

test('options name the key that is wrong', async (t) => {
  const result = await plugin.serverOptions?.['~standard'].validate({
    commands: { start: 'a', stop: [] },
    statuss: 'x',
  });
  t.deepEqual(
    result?.issues?.map(({ path }) => path?.[0]),
    ['commands', 'statuss'],
  );
});

test('the service of the example is started, seen, and stopped for real', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'command-managed-'));
  const host = createHost();
  const service = (verb: string) => ['./service.sh', verb, home];
  const real = instanceOf(
    declareServer({
      style: 'command-managed',
      command: null,
      script: null,
      cwd: decodeURIComponent(folder.pathname),
      options: {
        commands: {
          start: service('start'),
          stop: service('stop'),
          status: service('status'),
          pid: service('pid'),
        },
        statusCodes: { stopped: [3] },
        timeout: 10_000,
      },
    }),
  );
  const style = plugin.create(undefined, host);
  t.teardown(async () => {
    await host.run({ argv: service('stop') }, { cwd: decodeURIComponent(folder.pathname), timeout: 5000 });
    rmSync(home, { recursive: true, force: true });
  });
  const context = () => createFakeContext(host, createLook(host));
  const outcome = await style.start(real, context());
  t.is(outcome.kind, 'ready', JSON.stringify(outcome));
  t.is((await style.start(real, context())).kind, 'running');
  const found = (await style.detect([real], createLook(host))).get(real.key);
  if (found?.seen !== 'running') return t.fail(JSON.stringify(found));
  t.truthy(found.sightings[0].main);
  const stopped = await style.stop(real, found.sightings[0], context());
  t.is(stopped.kind, 'stopped', JSON.stringify(stopped));
  t.is((await style.stop(real, found.sightings[0], context())).kind, 'not-running');
});
