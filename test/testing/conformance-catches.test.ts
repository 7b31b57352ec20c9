import test from 'ava';
import httpManaged from '../../plugins/http-managed/index.js';
import type { Host, ManagementStyle, Plugin } from '../../src/plugin/index.js';
import { conformanceCases, type ConformanceFixture } from '../../src/testing/index.js';

const pid = 4_100_001;

const fixture: ConformanceFixture = {
  server: { port: { kind: 'fixed', port: 8080, spread: true }, options: { id: 'blue' } },
  present: (host) => {
    host.answer('http://127.0.0.1:8080/health', { body: { status: 'ok', server_id: 'blue', pid } });
    return { main: host.process({ pid, argv: ['serve'], listen: [{ port: 8080 }] }) };
  },
  absent: (host) => host.kill(pid),
};

/** The real style with one promise broken. */
const broken = (change: (style: ManagementStyle, host: Host) => Partial<ManagementStyle>): Plugin => ({
  ...httpManaged,
  create: (_options, host) => {
    const style = httpManaged.create(undefined, host);
    return { ...style, ...change(style, host) };
  },
});

const failures = async (plugin: Plugin): Promise<readonly string[]> => {
  const results = await Promise.all(
    conformanceCases(plugin, fixture).map(async ({ name, run }) => {
      try {
        await run();
        return null;
      } catch {
        return name;
      }
    }),
  );
  return results.filter((name) => name !== null);
};

const faults: readonly (readonly [string, RegExp, Parameters<typeof broken>[0]])[] = [
  [
    'says absent whenever it does not see it',
    /never says absent/,
    (style) => ({
      detect: async (instances, look) => {
        const answers = new Map(await style.detect(instances, look));
        for (const [key, answer] of answers)
          if (answer.seen === 'unavailable')
            answers.set(key, { seen: 'absent', evidence: [{ source: 'x', text: 'not seen' }] });
        return answers;
      },
    }),
  ],
  [
    'throws when it cannot look',
    /never says absent/,
    (style, host) => ({
      detect: (instances, look) => {
        host.processes.table();
        return style.detect(instances, look);
      },
    }),
  ],
  ['answers no key', /answers every instance/, () => ({ detect: async () => new Map() })],
  [
    'gives no evidence',
    /with evidence/,
    () => ({
      detect: async (instances) =>
        new Map(instances.map(({ key }) => [key, { seen: 'absent', evidence: [] }])),
    }),
  ],
  [
    'does not hear the abort signal',
    /ends when its signal fires/,
    (_style, host) => ({
      detect: async (instances) => {
        await host.http.request({
          method: 'GET',
          url: 'http://127.0.0.1:8080/health',
          timeout: 1000,
          maxBytes: 9,
        });
        return new Map(instances.map(({ key }) => [key, { seen: 'unavailable', reason: 'x' }]));
      },
    }),
  ],
  [
    'writes while it looks',
    /detect changes nothing/,
    (style, host) => ({
      detect: (instances, look) => {
        host.files.writeAtomic('/tmp/cache', 'x');
        return style.detect(instances, look);
      },
    }),
  ],
  [
    'writes into what it is given',
    /answers every instance/,
    (style) => ({
      detect: (instances, look) => {
        for (const { server } of instances) Object.assign(server, { name: 'mine' });
        return style.detect(instances, look);
      },
    }),
  ],
  [
    'starts a twin',
    /start of a running server/,
    (_style, host) => ({
      start: async () => {
        await host.spawnDetached({ argv: ['serve'], cwd: '/', env: {}, outputs: [], input: null });
        return { kind: 'spawned', main: null, port: null };
      },
    }),
  ],
  [
    'signals whoever has the PID',
    /never signals another process/,
    (_style, host) => ({
      stop: async (_instance, { main }) => {
        const now = main === null ? null : host.processes.identify(main.pid);
        if (now !== null) host.processes.signal(now, 'SIGTERM');
        return { kind: 'stopped', attempts: [], survivors: [], spared: [], message: null };
      },
    }),
  ],
  [
    'says stopped and stops nothing',
    /stop ends a running server/,
    () => ({
      stop: async () => ({ kind: 'stopped', attempts: [], survivors: [], spared: [], message: null }),
    }),
  ],
  [
    'makes units that are no JSON',
    /unit is pure/,
    (style) => ({
      unit: (server, index) => {
        const unit = style.unit?.(server, index);
        if (unit === undefined) throw new Error('no unit');
        return { ...unit, watch: new Date() as never };
      },
    }),
  ],
  [
    'recognises everybody',
    /claims no stranger/,
    (style) => ({
      recognize: async (_process, look) => (await style.discover?.(look))?.[0] ?? null,
    }),
  ],
];

for (const [what, caught, change] of faults) {
  test(`a style that ${what} is caught`, async (t) => {
    const names = await failures(broken(change));
    t.true(
      names.some((name) => caught.test(name)),
      `failed: ${names.join('; ')}`,
    );
  });
}

test('the style itself passes', async (t) => {
  t.deepEqual(await failures(broken(() => ({}))), []);
});
