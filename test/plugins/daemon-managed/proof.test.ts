import test from 'ava';
import daemonManaged from '../../../plugins/daemon-managed/index.js';
import type { Detection } from '../../../src/model/sighting.js';
import { createFakeHost, instanceOf } from '../../../src/testing/index.js';
import { contextOn, detectOn, file, pid, port, relay, running, styleOn, verdictsOn } from './rig.js';

const sight = (found: Detection) => {
  if (found.seen !== 'running') throw new Error(JSON.stringify(found));
  return found.sightings[0];
};

test('a number, the declared command and the declared port: it is the server', async (t) => {
  const host = running();
  host.file(file, `${pid}\n`);
  const { main, proven, ready, pidFile, role } = sight(await detectOn(host));
  t.deepEqual([main?.pid, proven, ready, pidFile?.verdict, role], [pid, true, true, 'live', 'witness']);
});

test('the JSON file of the original is read, with its id and version', async (t) => {
  const host = running();
  const born = (await Promise.resolve(host.processes.table())).takenAt / 1000;
  const text = { pid, server_id: 'socketio-1', server_version: '1.0.0', process_start_time: born, port };
  host.file(file, JSON.stringify(text));
  t.deepEqual(sight(await detectOn(host)).claims, { pid, id: 'socketio-1', version: '1.0.0' });
});

test('the port alone shows it, also when a child holds it', async (t) => {
  const instance = instanceOf(relay({ command: null, script: null }));
  const host = createFakeHost();
  host.process({ pid, argv: ['nginx: master process'] });
  host.process({ pid: 4_100_002, ppid: pid, listen: [{ port }] });
  host.file(file, String(pid));
  t.is(sight(await detectOn(host, instance)).main?.pid, pid);
});

test('its port is held by another: it runs and is not ready', async (t) => {
  const host = running({ listen: [] });
  host.process({ pid: 4_100_005, argv: ['thief'], listen: [{ port }] });
  host.file(file, String(pid));
  const { ready, reason, main } = sight(await detectOn(host));
  t.deepEqual([ready, main?.pid], [false, pid]);
  t.regex(reason ?? '', /does not hold port 8765/);
});

test('a relative script counts from the folder of the process', async (t) => {
  const host = running({ listen: [], argv: ['python3', 'relay.py'], cwd: '/srv/app' });
  host.file(file, String(pid));
  t.is((await detectOn(host)).seen, 'running');
  const elsewhere = running({ listen: [], argv: ['python3', 'relay.py'], cwd: '/srv/other' });
  elsewhere.file(file, String(pid));
  t.deepEqual(await verdictsOn(elsewhere), ['foreign']);
});

test('verify.command must match, and is enough', async (t) => {
  const bare = { command: null, script: null, port: null };
  const host = running({ argv: ['nginx: master process /etc/nginx.conf'] });
  host.file(file, String(pid));
  const on = async (command: string) =>
    verdictsOn(host, instanceOf(relay({ ...bare, options: { verify: { command } } })));
  t.deepEqual(await on('nginx: master'), ['running']);
  t.deepEqual(await on('/^nginx: M/i'), ['running']);
  t.deepEqual(await on('apache'), ['foreign']);
});

test('verify.port must hold, whatever the command line says', async (t) => {
  const host = running({ listen: [] });
  host.file(file, String(pid));
  const instance = instanceOf(relay({ options: { verify: { port: true } } }));
  t.deepEqual(await verdictsOn(host, instance), ['foreign']);
});

test('with nothing declared that could show it, a live process is foreign', async (t) => {
  const host = running();
  host.file(file, String(pid));
  const instance = instanceOf(relay({ command: null, script: null, port: null }));
  const found = await detectOn(host, instance);
  t.regex(JSON.stringify(found), /nothing is declared that would show PID/);
});

test('known places are tried in order, and what the others say is told', async (t) => {
  const host = running();
  host.file('/run/a.pid', '4100099');
  host.file('/home/tester/relay-8765.pid', String(pid));
  const instance = instanceOf(relay({ pidFile: ['/run/a.pid', '~/{name}-{port}.pid'] }));
  const { pidFile, evidence } = sight(await detectOn(host, instance));
  t.is(pidFile?.path, '/home/tester/relay-8765.pid');
  t.true(evidence.some(({ text }) => text.startsWith('/run/a.pid: it names PID 4100099, and there is no')));
});

test('without its PID file it is still seen at its port, and nothing proves it', async (t) => {
  const host = running();
  const lost = sight(await detectOn(host));
  t.deepEqual([lost.main?.pid, lost.pidFile?.verdict, lost.proven], [pid, 'missing', false]);
  host.file(file, 'xx');
  const corrupt = sight(await detectOn(host));
  t.deepEqual([corrupt.pidFile?.verdict, corrupt.proven], ['garbage', false]);
  const context = contextOn(host);
  const outcome = await styleOn(host).start(instanceOf(relay()), context);
  t.like(outcome, { kind: 'failed', code: 'MPM_NOT_PROVEN' });
  t.is(context.started.length, 0);
});

test('a matching command line on its port is no proof either, and is never signalled', async (t) => {
  const host = running({ argv: ['python3', '/opt/other-relay.py'] });
  const instance = instanceOf(
    relay({ command: null, script: null, options: { verify: { command: '/relay/' } } }),
  );
  const seen = sight(await detectOn(host, instance));
  t.false(seen.proven);
  const context = contextOn(host);
  for (const claimed of [seen, { ...seen, proven: true }])
    t.is((await styleOn(host).stop(instance, claimed, context)).kind, 'refused');
  t.is(context.halted.length, 0);
});

test('a stranger on the port is not the daemon', async (t) => {
  const host = running({ argv: ['nginx'] });
  t.deepEqual(await verdictsOn(host), ['missing']);
});

test('a daemon that is stopped by a signal is unresponsive', async (t) => {
  const host = running({ state: 'T' });
  host.file(file, String(pid));
  const seen = sight(await detectOn(host));
  t.deepEqual([seen.unresponsive, seen.ready], [true, false]);
});

test('options are strict', async (t) => {
  const validate = daemonManaged.serverOptions?.['~standard'].validate;
  t.is(
    (await validate?.({ verify: { command: '/a/', port: true }, pidFileFormat: 'json' }))?.issues,
    undefined,
  );
  for (const wrong of [
    { verify: { comand: 'x' } },
    { verify: { command: '/(/' } },
    { pidFileFormat: 'yaml' },
    { x: 1 },
  ])
    t.truthy((await validate?.(wrong))?.issues, JSON.stringify(wrong));
});
