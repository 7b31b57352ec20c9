import test from 'ava';
import { daemonUnit } from '../../../plugins/daemon-managed/unit.js';
import { createFakeHost, createLook, instanceOf, type FakeHost } from '../../../src/testing/index.js';
import { contextOn, detectOn, file, pid, port, relay, running, styleOn } from './rig.js';

const sightOn = async (host: FakeHost) => {
  const found = await detectOn(host);
  if (found.seen !== 'running') throw new Error(JSON.stringify(found));
  return found.sightings[0];
};

test('stop ends the server and takes away the file that it left', async (t) => {
  const host = running();
  host.file(file, String(pid));
  const outcome = await styleOn(host).stop(instanceOf(relay()), await sightOn(host), contextOn(host));
  t.is(outcome.kind, 'stopped');
  t.deepEqual(
    host.signals.map((sent) => sent.pid),
    [pid],
  );
  t.is(host.files.stat(file), null);
  t.true(outcome.attempts.some(({ what }) => what === `remove ${file}`));
});

test('a file that a new server has written since is left', async (t) => {
  const host = running();
  host.file(file, String(pid));
  const sighting = await sightOn(host);
  const context = { ...contextOn(host) };
  const halt = context.halt;
  context.halt = async (target) => {
    const outcome = await halt(target);
    host.process({ pid: 4_100_009, argv: ['python3', '/srv/app/relay.py'] });
    host.file(file, '4100009');
    return outcome;
  };
  await styleOn(host).stop(instanceOf(relay()), sighting, context);
  t.is(host.files.readText(file), '4100009');
});

test('a file that is changed to name a stranger between look and stop: refused, nobody is signalled', async (t) => {
  const host = running({ listen: [] });
  host.file(file, String(pid));
  const sighting = await sightOn(host);
  host.process({ pid: 4_100_030, argv: ['postgres'] });
  host.file(file, '4100030');
  const outcome = await styleOn(host).stop(instanceOf(relay()), sighting, contextOn(host));
  t.deepEqual([outcome.kind, host.signals.length], ['refused', 0]);
});

test('a sighting of a stranger is refused even if somebody hands it in', async (t) => {
  const host = running();
  host.file(file, String(pid));
  const sighting = await sightOn(host);
  const stranger = host.process({ pid: 4_100_040, argv: ['sleep'] });
  for (const handed of [
    { ...sighting, main: stranger },
    { ...sighting, proven: false },
  ]) {
    const outcome = await styleOn(host).stop(instanceOf(relay()), handed, contextOn(host));
    t.is(outcome.kind, 'refused');
  }
  t.is(host.signals.length, 0);
});

test('stop of a gone server takes the stale file away and signals nothing', async (t) => {
  const host = running();
  host.file(file, String(pid));
  const sighting = await sightOn(host);
  host.kill(pid);
  const outcome = await styleOn(host).stop(instanceOf(relay()), sighting, contextOn(host));
  t.deepEqual([outcome.kind, host.signals.length, host.files.stat(file)], ['not-running', 0, null]);
});

test('the unit writes the PID file of a foreground program and reads that of one that forks', (t) => {
  const front = daemonUnit(relay({ pidFile: ['~/{name}.pid', '/b'] }), 0, '/home/tester');
  t.deepEqual(front.writePidFile, { path: '/home/tester/{name}.pid', format: 'json' });
  t.deepEqual(front.main, { kind: 'self' });
  const plain = daemonUnit(relay({ options: { pidFileFormat: 'number' } }), 0, '/h');
  t.is(plain.writePidFile?.format, 'number');
  const forks = daemonUnit(relay({ forks: true, pidFile: ['~/a', 'b.pid'] }), 0, '/h');
  t.deepEqual(
    [forks.main, forks.writePidFile],
    [{ kind: 'pidFile', paths: ['/h/a', '/srv/app/b.pid'] }, null],
  );
  t.is(daemonUnit(relay({ pidFile: [] }), 0, '/h').writePidFile?.path, '/srv/app/relay.pid');
});

test('recognize knows the places of the original, the home one for its port only', async (t) => {
  const recognise = async (listen: number, path: string, text = String(pid)) => {
    const host = running({ listen: [{ port: listen }], cwd: '/srv/project' });
    host.file('/tmp', '', { kind: 'folder', mode: 0o1777, uid: 0 });
    host.file(path, text);
    const look = createLook(host);
    const row = look.processes.rows.get(pid);
    return row === undefined ? undefined : styleOn(host).recognize?.(row, look);
  };
  const home = '/home/tester/.claude-mpm/socketio-server.pid';
  const found = await recognise(port, home);
  t.like(found, {
    name: 'python3-8765',
    sighting: { proven: true, pidFile: { path: home, verdict: 'live' } },
  });
  t.is(await recognise(8766, home), null);
  t.is(
    (await recognise(8767, '/tmp/claude_mpm_socketio_8767.pid', JSON.stringify({ pid, server_id: 'blue' })))
      ?.name,
    'blue',
  );
  t.truthy(await recognise(8768, '/srv/project/.claude-mpm/monitor-daemon-8768.pid'));
  t.is(await recognise(8768, '/srv/project/.claude-mpm/monitor-daemon-8769.pid'), null);
  t.is(await recognise(port, home, '4100077'), null);
});

test('a discovered daemon can be stopped though nobody declared it', async (t) => {
  const host = running({ cwd: '/srv/project' });
  host.file('/opt/x-8765.pid', String(pid));
  const style = styleOn(host, { places: ['/opt/x-{port}.pid'] });
  const [found] = (await style.discover?.(createLook(host))) ?? [];
  if (found === undefined) return t.fail();
  const nobody = relay({ declaredIn: null, pidFile: [], command: null, script: null, folder: '/' });
  const outcome = await style.stop(instanceOf(nobody), found.sighting, contextOn(host));
  t.deepEqual([outcome.kind, host.files.stat('/opt/x-8765.pid')], ['stopped', null]);
});

test('info tells the PID files with what each is worth, and whether it listens', async (t) => {
  const host = running();
  host.file(file, String(pid));
  const lines = await styleOn(host).info(instanceOf(relay()), await sightOn(host), contextOn(host));
  t.is(lines[0]?.value, `${file} (live)`);
  t.is(lines.find(({ label }) => label === 'listening')?.raw, true);
  t.deepEqual(
    await styleOn(createFakeHost()).info(
      instanceOf(relay()),
      { ...(await sightOn(host)), main: null },
      contextOn(createFakeHost()),
    ),
    [
      {
        label: 'pid file',
        value: `${file} (missing)`,
        raw: { path: file, verdict: 'missing', pid: null, text: `${file}: there is none` },
      },
    ],
  );
});
