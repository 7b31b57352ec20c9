import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import daemonManaged from '../../plugins/daemon-managed/index.js';
import httpManaged from '../../plugins/http-managed/index.js';
import { createHost } from '../../src/host/index.js';
import type { Instance, Server } from '../../src/plugin/index.js';
import { createFakeContext, createLook, declareServer, instanceOf } from '../../src/testing/index.js';

const script = fileURLToPath(new URL('../../../test/fixtures/plugins/answers.mjs', import.meta.url));
const host = createHost();

const serve = async (t: ExecutionContext, way: string, address = '127.0.0.1', wanted = 0) => {
  const child = spawn(process.execPath, [script, way, address, String(wanted)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  return { pid: child.pid ?? 0, port: Number(text.toString()), child };
};

const on = (style: string, port: number, changes: Partial<Server> = {}): Instance =>
  instanceOf(
    declareServer({
      style,
      command: null,
      script: null,
      port: { kind: 'fixed', port, spread: true },
      ...changes,
    }),
  );

const detect = async (
  instances: readonly Instance[],
  plugin: typeof httpManaged | typeof daemonManaged = httpManaged,
) => {
  const style = plugin.create(undefined, host);
  const found = await style.detect(instances, createLook(host));
  return instances.map(({ key }) => found.get(key));
};

test.serial('a server that answers health is seen with the holder of its port as main process', async (t) => {
  const { pid, port } = await serve(t, 'healthy');
  const [found] = await detect([on('http-managed', port, { options: { id: 'blue' } })]);
  if (found?.seen !== 'running') return t.fail(JSON.stringify(found));
  const [{ main, ready, proven, claims }] = found.sightings;
  t.deepEqual([main?.pid, ready, proven, claims?.dialect], [pid, true, true, 'claude-mpm-standalone']);
});

test.serial(
  'answers of the wrong kind are told apart, and none of them takes longer than the deadline',
  async (t) => {
    const ways = ['html', 'list', 'redirects', 'huge'];
    const servers = await Promise.all(ways.map((way) => serve(t, way)));
    const instances = servers.map(({ port }, i) =>
      on('http-managed', port, { name: ways[i] ?? '', key: `default/${ways[i]}` }),
    );
    const begun = performance.now();
    const found = await detect(instances);
    t.true(performance.now() - begun < 3000);
    t.deepEqual(
      found.map((answer) => answer?.seen),
      ways.map(() => 'absent'),
    );
    t.regex(JSON.stringify(found[3]), /too-large/);
  },
);

test.serial(
  'servers that hang, drip or are stopped are unresponsive, and cost one deadline together',
  async (t) => {
    const servers = await Promise.all(['hangs', 'drips', 'healthy'].map((way) => serve(t, way)));
    servers[2]?.child.kill('SIGSTOP');
    const instances = servers.map(({ port }, i) =>
      on('http-managed', port, { name: `s${i}`, key: `default/s${i}` }),
    );
    const begun = performance.now();
    const found = await detect(instances);
    t.true(performance.now() - begun < 2500);
    for (const [i, answer] of found.entries()) {
      if (answer?.seen !== 'running') return t.fail(JSON.stringify(answer));
      t.deepEqual([answer.sightings[0].unresponsive, answer.sightings[0].main?.pid], [true, servers[i]?.pid]);
    }
  },
);

test.serial('a twin on ::1 is not taken for the server on 127.0.0.1', async (t) => {
  const first = await serve(t, 'healthy');
  const twin = await serve(t, 'html', '::1', first.port);
  const [four, six] = await detect([
    on('http-managed', first.port),
    on('http-managed', first.port, { host: '::1', name: 'six', key: 'default/six' }),
  ]);
  t.is(four?.seen === 'running' ? four.sightings[0].main?.pid : null, first.pid);
  t.is(six?.seen, 'absent');
  t.regex(JSON.stringify(six), new RegExp(`${twin.pid}`));
});

test.serial('a port that nobody declared is recognised, and told by info', async (t) => {
  const { pid, port } = await serve(t, 'healthy');
  const style = httpManaged.create(undefined, host);
  const look = createLook(host);
  const row = look.processes.rows.get(pid);
  const found = row === undefined ? null : await style.recognize?.(row, look);
  if (!found) return t.fail();
  t.deepEqual([found.name, found.sighting.main?.pid], ['blue', pid]);
  const lines = await style.info(on('http-managed', port), found.sighting, createFakeContext(host, look));
  t.is(lines.find(({ label }) => label === 'events total processed')?.raw, 3);
});

test.serial('a PID file names the server, an unrelated process, a symlink', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'daemon-managed-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const { pid, port } = await serve(t, 'healthy');
  const bystander = spawn('sleep', ['60']);
  t.teardown(() => bystander.kill('SIGKILL'));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const good = file('good.pid', `${pid}\n`);
  symlinkSync(good, join(folder, 'link.pid'));
  const daemon = (path: string, changes: Partial<Server> = {}) =>
    on('daemon-managed', port, { pidFile: [path], ...changes });
  const verdict = async (instance: Instance) => {
    const [found] = await detect([instance], daemonManaged);
    if (found?.seen === 'running') return [found.sightings[0].pidFile?.verdict, found.sightings[0].main?.pid];
    return found?.seen === 'absent' ? (found.pidFiles ?? []).map((fact) => fact.verdict) : [found?.seen];
  };
  t.deepEqual(await verdict(daemon(good)), ['live', pid]);
  t.deepEqual(await verdict(daemon(file('bad.pid', String(bystander.pid)))), ['foreign']);
  t.deepEqual(await verdict(daemon(join(folder, 'link.pid'))), ['symlink']);
  t.deepEqual(
    await verdict(
      daemon(file('start.pid', JSON.stringify({ pid, start: 1, boot: host.processes.table().boot }))),
    ),
    ['reused'],
  );
  const exact = host.processes.identify(pid);
  t.deepEqual(await verdict(daemon(file('json.pid', JSON.stringify(exact)))), ['live', pid]);
});
