import { existsSync, rmSync } from 'node:fs';
import ava from 'ava';
import { eventually, freePort, processesOf, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

/** A style that is busy for ever in one hook, behind its first await. */
const busy = (hook: string, ready: string): string => `
  import { writeFileSync } from 'node:fs';
  const loop = async () => {
    await null;
    writeFileSync(${JSON.stringify(ready)}, '');
    for (;;);
  };
  export default {
    name: 'busy',
    apiVersion: 1,
    instances: 'many',
    create: () => ({
      detect: async (servers) =>
        new Map(servers.map(({ key }) => [key, { seen: 'absent', evidence: [] }])),
      start: async () => ({ kind: 'failed', code: 'X', message: 'no', hint: '', stderr: [] }),
      stop: async () => ({ stopped: true, attempts: [] }),
      info: async () => ({}),
      ${hook}: loop,
    }),
  };
`;

const loops: readonly (readonly [what: string, files: (at: string) => Record<string, string>])[] = [
  [
    'a config behind its first await',
    (at) => ({
      'ecosystem.config.mjs': `import { writeFileSync } from 'node:fs';
        await null; await new Promise((r) => setTimeout(r, 1)); writeFileSync(${JSON.stringify(at)}, ''); for (;;);`,
    }),
  ],
  [
    'a plugin while it is loaded',
    (at) => ({
      'ecosystem.json': JSON.stringify({ plugins: ['./busy.mjs'], servers: [] }),
      'busy.mjs': `import { writeFileSync } from 'node:fs';
        await null; writeFileSync(${JSON.stringify(at)}, ''); for (;;);`,
    }),
  ],
  [
    'a plugin that looks',
    (at) => ({
      'ecosystem.json': JSON.stringify({
        plugins: ['./busy.mjs'],
        servers: [{ name: 'web', style: 'busy', command: ['true'] }],
      }),
      'busy.mjs': busy('detect', at),
    }),
  ],
];

for (const [what, files] of loops)
  test(`what loops for ever is ended by Ctrl-C and by TERM: ${what}`, async (t) => {
    const p = project(t, null);
    const at = `${p.folder}/reached`;
    for (const [name, text] of Object.entries(files(at))) p.file(name, text);
    for (const [signal, words] of [
      ['SIGINT', ['status']],
      ['SIGTERM', ['start', 'all']],
    ] as const) {
      rmSync(at, { force: true });
      const stuck = p.mpmStarted(...words);
      await eventually(() => existsSync(at), 'the loop');
      stuck.child.kill(signal);
      t.is(await stuck.ended(), null);
      t.is(stuck.child.signalCode, signal, `${words.join(' ')}: as a shell's own children end`);
    }
    t.deepEqual(processesOf(p.home), []);
  });

test('a pattern that tries every way to part a name is refused', async (t) => {
  const name = 'a'.repeat(60);
  const { mpm } = project(t, [{ name, command: ['sleep', '600'] }]);
  for (const verb of ['status', 'start', 'stop']) {
    const told = await mpm(verb, '/(a+)+!/');
    t.is(told.code, 2, told.text);
    t.regex(told.stderr, /was not done with the names[^]*repetition/);
  }
  t.is((await mpm('status', '/^a+$/')).code, 0);
});

test('a log pattern that does not end fails the start at its deadline', async (t) => {
  const probe = { log: '(a+)+!', timeout: '1500ms' };
  const { mpm, home } = project(t, [
    { name: 'web', command: ['/bin/sh', '-c', `echo ${'a'.repeat(60)}; exec sleep 600`], ready: probe },
  ]);
  const told = await mpm('start', 'web');
  t.is(told.code, 1, told.text);
  t.regex(told.stderr, /not ready within 1500 ms[^]*its pattern was not done/);
  t.deepEqual(processesOf(home), []);
});

test('a probe that runs a program is ended with the command that asked it', async (t) => {
  const port = await freePort();
  const { mpm, mpmStarted, file, home } = project(t, [
    {
      name: 'web',
      style: 'supervised',
      script: server,
      port,
      health: { exec: ['./slow.sh'], timeout: '30s' },
    },
  ]);
  file('slow.sh', '#!/bin/sh\necho $$ >probed\nexec sleep 600\n', 0o755);
  t.is((await mpm('start', 'web')).code, 0);
  const before = processesOf(home).length;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const asking = mpmStarted('health', 'web');
    await eventually(() => processesOf(home).length === before + 2, 'the probe');
    asking.child.kill(signal);
    t.is(await asking.ended(), 130, asking.output());
    t.notRegex(asking.output(), /not done after/);
    await eventually(() => processesOf(home).length === before, 'the end of the probe');
  }
});
