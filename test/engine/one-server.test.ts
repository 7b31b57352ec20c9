import test from 'ava';
import daemonManaged from '../../plugins/daemon-managed/index.js';
import { pick } from '../../src/engine/pick.js';
import { planStart, planStop } from '../../src/engine/plan.js';
import { findConflicts } from '../../src/engine/rules/index.js';
import type { Identity } from '../../src/model/process.js';
import type { Sighting } from '../../src/model/sighting.js';
import { lookAt } from '../../src/engine/workspace.js';
import { createFakeHost, type FakeHost } from '../../src/testing/index.js';
import { told } from './rules-rig.js';
import {
  absent,
  fixed,
  recorded,
  recordOnly,
  running,
  say,
  server,
  snapshotOf,
  style,
  tcp,
  witness,
  workspaceOf,
  type World,
} from './rig.js';

const port = 8765;
const live = { path: '/run/x.pid', verdict: 'live', pid: 1000, text: 'it names PID 1000' } as const;
const ways: Readonly<Record<string, Partial<Sighting>>> = {
  file: { pidFile: live },
  health: { claims: { dialect: 'relay' } },
  command: {},
  nothing: { proven: false },
};

const claimed = (host: FakeHost, main: Identity, ...names: readonly string[]): World => ({
  host,
  servers: names.map((name) => server(name, { style: 'watch', port: fixed(port), command: null })),
  styles: {
    watch: style(({ server: { name } }) =>
      running(witness(main, { endpoints: [tcp(port)], ...ways[name.replace(/\d/, '')] })),
    ),
  },
});

const holders = async (world: World) =>
  (await snapshotOf(world)).observations.flatMap(({ seen, instance }) =>
    seen.length === 0 ? [] : [instance.server.name],
  );

test('a process is one server’s: the best proof has it, wherever it stands in the file', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }] });
  t.deepEqual(await holders(claimed(host, main, 'nothing', 'command', 'health', 'file')), ['file']);
  t.deepEqual(await holders(claimed(host, main, 'nothing', 'health', 'command')), ['health']);
  t.deepEqual(await holders(claimed(host, main, 'nothing', 'command')), ['command']);
  t.deepEqual(await holders(claimed(host, main, 'file1', 'file2')), ['file1']);
  const own = server('own', { port: fixed(port) });
  const world = claimed(host, main, 'file');
  const records = [recorded(own, main, port)];
  const styles = { ...world.styles, supervised: style(recordOnly) };
  t.deepEqual(await holders({ ...world, servers: [...(world.servers ?? []), own], records, styles }), [
    'own',
  ]);
});

test('the ones that lost do not run, say to whom, and have nothing to stop', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }] });
  const snapshot = await snapshotOf(claimed(host, main, 'health', 'file'));
  const [lost] = snapshot.observations;
  if (lost === undefined) throw new Error('nothing was observed');
  t.is(lost.detection.seen, 'absent');
  t.is(planStop(lost, say, { pointed: false, force: false }).action, 'rest');
  t.is(planStop(lost, say, { pointed: false, force: true }).action, 'rest');
  t.like(planStart(lost, say, true), { action: 'refuse' });
  t.regex(
    JSON.stringify(planStart(lost, say, true)),
    /Port 8765 of health is held by PID \d+ .* which is file \(watch\)/,
  );
  t.true(
    told(findConflicts(snapshot, say)).includes(
      `claimed-twice error: PID ${main.pid} is claimed by file and health; it is taken for file, because its PID file names it.`,
    ),
  );
});

test('who asks about one of them alone is told the same', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }] });
  const workspace = workspaceOf(claimed(host, main, 'health', 'file'));
  const request = { namespace: null, style: null, only: [], port: null, pid: null, everywhere: false };
  const picked = await pick(workspace, lookAt(workspace), { ...request, words: ['health'] });
  t.deepEqual(
    picked.observations.map(({ instance, seen }) => [instance.server.name, seen.length]),
    [['health', 0]],
  );
});

test('two daemons at one port: the one whose PID file names the process is up, the other is not', async (t) => {
  const host = createFakeHost();
  const main = host.process({ argv: ['claude-mpm', 'socketio'], listen: [{ port }] });
  host.file('/run/socketio.pid', String(main.pid));
  const daemon = (name: string) =>
    server(name, {
      style: 'daemon-managed',
      command: null,
      port: fixed(port),
      pidFile: [`/run/${name}.pid`],
      options: { verify: { command: '/claude.mpm/' } },
    });
  const world: World = {
    host,
    servers: [daemon('monitor'), daemon('socketio')],
    styles: { 'daemon-managed': daemonManaged.create(undefined, host) },
  };
  t.deepEqual(await holders(world), ['socketio']);
  t.true(
    told(findConflicts(await snapshotOf(world), say)).some((line) =>
      line.startsWith('claimed-twice warning: PID'),
    ),
  );
});

test('a PID file that names what is recorded as another server is told', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }] });
  const web = server('web', { port: fixed(port) });
  const world = claimed(host, main, 'file');
  const found = findConflicts(
    await snapshotOf({
      ...world,
      servers: [web, ...(world.servers ?? [])],
      records: [recorded(web, main, port)],
      styles: { ...world.styles, supervised: style() },
    }),
    say,
  );
  t.true(
    told(found).some((line) =>
      /^claimed-twice error: PID \d+ is claimed by web and file, whose PID file/.test(line),
    ),
  );
});

test('parent and child behind two ports are two servers', async (t) => {
  const host = createFakeHost();
  const parent = host.process({ listen: [{ port }] });
  const child = host.process({ ppid: parent.pid, listen: [{ port: 9000 }] });
  const at = { a: [parent, port], b: [child, 9000] } as const;
  const watch = style(({ server: { name } }) => {
    const [main, own] = at[name as 'a' | 'b'];
    return name in at ? running(witness(main, { endpoints: [tcp(own)] })) : absent;
  });
  const servers = [
    server('a', { style: 'watch', port: fixed(port) }),
    server('b', { style: 'watch', port: fixed(9000) }),
  ];
  t.deepEqual(await holders({ host, servers, styles: { watch } }), ['a', 'b']);
});
