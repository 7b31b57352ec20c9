import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ava from 'ava';
import {
  accepts,
  findingOf,
  fixture,
  freePort,
  isAlive,
  isClean,
  processesOf,
  project,
  root,
  server,
} from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const dialects = ['standalone', 'daemon', 'monitor'] as const;
const programOf = (dialect: string): string => fixture(`claude-mpm/${dialect}.mjs`);

const declared = (dialect: (typeof dialects)[number], port: number): Record<string, unknown> =>
  dialect === 'daemon'
    ? { name: 'it', style: 'daemon-managed', port, pidFile: './it.pid', health: { http: '/health' } }
    : {
        name: 'it',
        style: 'http-managed',
        port,
        health: { http: '/health' },
        dialect: `claude-mpm-${dialect}`,
      };

test('start all of the example file, and what it tells to do next', async (t) => {
  const port = await freePort(12);
  const text = readFileSync(join(root, 'ecosystem.example.json'), 'utf8')
    .replaceAll('"examples/', `"${root}examples/`)
    .replace('"port": 3710', `"port": ${port}`)
    .replace('"port": 3720', `"port": ${port + 10}`)
    .replace('./examples/.run/relay.pid', './relay.pid');
  const { mpm, shell, home } = project(t, null, { 'ecosystem.json': text });
  const started = await mpm('start', 'all');
  t.is(started.code, 0, started.text);
  isClean(t, started);
  t.deepEqual(
    (await mpm('status', '--json')).json.servers.map(({ name, state }) => [name, state]),
    [
      ['prepare', 'done'],
      ['chat', 'online'],
      ['chat', 'online'],
      ['relay', 'online'],
    ],
  );
  // The three commands that it prints work as printed.
  const commands = [...started.stderr.matchAll(/^ {2}(mpm-io .+?) {2}/gm)].map(
    ([, command]) => command ?? '',
  );
  t.deepEqual(commands, ['mpm-io status', 'mpm-io diagnose', 'mpm-io stop all']);
  for (const command of commands) {
    const done = await shell(command);
    t.is(done.code, 0, `${command}: ${done.text}`);
  }
  t.deepEqual(processesOf(home), []);
});

for (const dialect of dialects)
  for (const isDeclared of [false, true])
    test(`status, diagnose and stop of a ${dialect} server that others started, ${isDeclared ? '' : 'not '}declared`, async (t) => {
      const port = await freePort();
      const { mpm, listening, folder } = project(t, isDeclared ? [declared(dialect, port)] : null);
      const { pid } = await listening(
        programOf(dialect),
        '--port',
        String(port),
        '--pid-file',
        join(folder, 'it.pid'),
      );

      const status = await mpm('status', '--json', ...(isDeclared ? [] : ['--port', String(port)]));
      t.is(status.code, 0, status.text);
      const rows = [...status.json.servers, ...status.json.undeclared];
      t.is(rows.length, 1, status.stdout);
      t.like(rows[0] ?? null, { state: 'online', pid, port, origin: 'external' });
      t.true((rows[0]?.evidence.length ?? 0) > 0);

      const diagnosis = await mpm('diagnose', '--port', String(port), '--json');
      t.is(diagnosis.code, 0, diagnosis.text);
      t.is(diagnosis.json.ports[0].listeners[0].holders[0].pid, pid);
      t.true(
        diagnosis.json.claims.some((claim) => claim.pid === pid),
        diagnosis.stdout,
      );
      isClean(t, await mpm('diagnose', '--port', String(port)));

      const stopped = await mpm('stop', '--port', String(port));
      t.is(stopped.code, 0, stopped.text);
      isClean(t, stopped);
      t.false(isAlive(pid));
      t.false(await accepts(port));
      const again = await mpm('stop', '--port', String(port));
      t.is(again.code, 0, again.text);
    });

test('the remedy for an undeclared server ends it when pasted', async (t) => {
  const port = await freePort();
  const { mpm, shell, listening } = project(t);
  const { pid } = await listening(programOf('standalone'), '--port', String(port));
  const { findings } = (await mpm('diagnose', '--port', String(port), '--json')).json;
  const [{ rule, remedies }] = findings;
  t.is(rule, 'undeclared-server');
  const done = await shell(remedies[0].shell);
  t.is(done.code, 0, done.text);
  t.false(isAlive(pid));
});

test('a PID file that names an unrelated process: nobody signals it', async (t) => {
  const port = await freePort();
  const { mpm, run, file, folder } = project(t, [
    {
      name: 'it',
      style: 'daemon-managed',
      script: server,
      port,
      pidFile: './it.pid',
      stop: { timeout: '1s' },
    },
  ]);
  const bystander = run('sleep', '600');
  const plant = (): string => file('it.pid', String(bystander.pid));
  for (const command of [
    ['stop', 'it'],
    ['stop', 'it', '--force'],
    ['stop', 'all'],
    ['diagnose', '--fix', '--yes'],
    ['delete', 'it'],
    ['restart', 'it'],
    ['start', 'it'],
    ['stop', 'it'],
  ]) {
    plant();
    const done = await mpm(...command);
    isClean(t, done, command.join(' '));
    t.true(isAlive(bystander.pid), command.join(' '));
  }
  plant();
  const { json, code } = await mpm('diagnose', 'it', '--json');
  t.is(code, 3);
  const finding = findingOf(json, 'pid-file');
  t.is(finding.severity, 'error');
  t.regex(finding.message, /foreign|reused/);
  t.true(isAlive(bystander.pid));
  t.truthy(folder);
});

test('a PID-file server and an http-managed one claim one port: told, and each remedy resolves it', async (t) => {
  const port = await freePort();
  const servers = [
    { name: 'daemon', style: 'daemon-managed', script: server, port, pidFile: './daemon.pid' },
    { name: 'web', style: 'http-managed', script: server, port },
  ];
  const { mpm, shell, file } = project(t, servers);
  const shared = await mpm('diagnose', '--json');
  t.is(shared.code, 3);
  t.true(shared.json.findings.some(({ rule }) => rule === 'shared-endpoint'));

  t.is((await mpm('start', 'daemon')).code, 0);
  const refused = await mpm('start', 'web');
  t.is(refused.code, 1, refused.text);
  t.regex(refused.stderr, /held by|declare/);
  isClean(t, refused);
  const hint = /mpm-io stop .*/.exec(refused.stderr)?.[0] ?? '';
  t.not(hint, '', refused.stderr);
  const done = await shell(hint);
  t.is(done.code, 0, done.text);
  t.false(await accepts(port));
  t.is((await mpm('start', 'web')).code, 0);
  const daemon = await mpm('start', 'daemon');
  t.is(daemon.code, 1, daemon.text);
  file('ecosystem.json', { servers: [servers[1]] });
  const after = await mpm('diagnose', '--port', String(port));
  t.is(after.code, 0, after.text);
});

test('a frozen server is unresponsive, and the printed remedy ends it', async (t) => {
  const port = await freePort();
  const { mpm, shell, listening } = project(t);
  const { pid } = await listening(programOf('standalone'), '--port', String(port), '--freeze');
  const { code, json } = await mpm('diagnose', '--port', String(port), '--json');
  t.is(code, 3);
  const finding = findingOf(json, 'unresponsive');
  t.truthy(finding, JSON.stringify(json.findings));
  const [wake, end] = finding.remedies;
  t.is((await shell(wake.shell)).code, 0);
  t.is((await mpm('diagnose', '--port', String(port))).code, 0);
  process.kill(pid, 'SIGSTOP');
  const done = await shell(end?.shell ?? '');
  t.is(done.code, 0, done.text);
  t.false(isAlive(pid));
  t.false(await accepts(port));
});

test('a frozen server of ours: unresponsive in status, start refuses, the remedy starts it again', async (t) => {
  const port = await freePort();
  const {
    mpm,
    shell,
    server: statusOf,
  } = project(t, [{ name: 'web', style: 'http-managed', script: server, port, stop: { timeout: '500ms' } }]);
  t.is((await mpm('start', 'web')).code, 0);
  const { pid } = await statusOf('web');
  process.kill(pid, 'SIGSTOP');
  const status = await mpm('status', '--json');
  t.is(status.code, 3);
  t.is(status.json.servers[0].state, 'unresponsive');
  t.is((await mpm('start', 'web')).code, 1);
  t.is((await mpm('health', 'web')).code, 3);
  const { json } = await mpm('diagnose', 'web', '--json');
  const [wake, again] = findingOf(json, 'unresponsive').remedies;
  t.is((await shell(wake.shell)).code, 0);
  t.like(await statusOf('web'), { state: 'online', pid });
  process.kill(pid, 'SIGSTOP');
  const done = await shell(again?.shell ?? '');
  t.is(done.code, 0, done.text);
  t.like(await statusOf('web'), { state: 'online', port });
  t.false(isAlive(pid));
});

test('a twin on ::1: told apart, and the remedy ends the twin alone', async (t) => {
  const port = await freePort();
  const {
    mpm,
    shell,
    listening,
    server: statusOf,
  } = project(t, [{ name: 'web', style: 'http-managed', script: server, port, host: '127.0.0.1' }]);
  t.is((await mpm('start', 'web')).code, 0);
  const { pid } = await statusOf('web');
  const twin = await listening(server, `--port=${port}`, '--host=::1', '--id=twin');
  const { code, json } = await mpm('diagnose', '--port', String(port), '--json');
  t.is(code, 3);
  t.deepEqual(
    json.ports[0].listeners.map(({ family }) => family).toSorted((a, b) => a - b),
    [4, 6],
  );
  const finding = findingOf(json, 'split-port');
  t.truthy(finding, JSON.stringify(json.findings, null, 1));
  t.is(finding.remedies.length, 1);
  const done = await shell(finding.remedies[0].shell);
  t.is(done.code, 0, done.text);
  t.false(isAlive(twin.pid));
  t.true(isAlive(pid));
  t.is((await mpm('diagnose', '--port', String(port))).code, 0);
});
