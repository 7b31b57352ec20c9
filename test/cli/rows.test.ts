/** Every command of docs/coming-from-claude-mpm.md, run as it stands there, on servers as the row has them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ava, { type ExecutionContext } from 'ava';
import {
  accepts,
  eventually,
  fixture,
  freePort,
  isClean,
  project,
  root,
  server,
  type Project,
  type Result,
} from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const standalone = fixture('claude-mpm/standalone.mjs');
const daemonProgram = fixture('claude-mpm/daemon.mjs');
const monitorProgram = fixture('claude-mpm/monitor.mjs');
const page = readFileSync(join(root, 'docs/coming-from-claude-mpm.md'), 'utf8');

/** The commands of one row of the page. */
const commandsOf = (row: string): readonly string[] => {
  const line = page.split('\n').find((text) => text.startsWith(`| ${row} |`)) ?? '';
  const now = line.split(' | ').slice(2).join(' | ');
  return [...now.matchAll(/`(mpm-io [^`]+)`/g)].map(([, command]) => command ?? '');
};

const rows = ['H', 'D', 'X'].flatMap((letter) =>
  Array.from({ length: { H: 26, D: 10, X: 5 }[letter] ?? 0 }, (_value, index) => `${letter}${index + 1}`),
);

const socketio = (port: number): Record<string, unknown> => ({
  name: 'socketio',
  style: 'http-managed',
  script: server,
  host: '127.0.0.1',
  instances: 3,
  port: { from: port, to: port + 4 },
  stop: { timeout: '5s' },
});
const daemon = (port: number): Record<string, unknown> => ({
  name: 'daemon',
  style: 'daemon-managed',
  command: [process.execPath, daemonProgram, '--port', '{port}'],
  port,
  pidFile: './run/{name}.pid',
  health: { http: '/health' },
  stop: { timeout: '5s' },
});
const monitor = (port: number): Record<string, unknown> => ({
  name: 'monitor',
  style: 'daemon-managed',
  command: [process.execPath, monitorProgram, '--port', '{port}'],
  port,
  pidFile: './.claude-mpm/monitor-daemon-{port}.pid',
  health: { http: '/health' },
});

type Ports = { readonly base: number; readonly daemon: number; readonly monitor: number };

/** Runs a command of the page with its ports in the place of the printed ones. */
const runRow = async (t: ExecutionContext, here: Project, command: string, ports: Ports): Promise<Result> => {
  const line = command.replaceAll('8765', String(ports.base)).replaceAll('8766', String(ports.base + 1));
  const result = await here.shell(line);
  isClean(t, result, line);
  return result;
};

const setUp = async (t: ExecutionContext): Promise<{ readonly here: Project; readonly ports: Ports }> => {
  const base = await freePort(7);
  const ports = { base, daemon: base + 5, monitor: base + 6 };
  return { here: project(t, [socketio(base), daemon(ports.daemon), monitor(ports.monitor)]), ports };
};

test('every row of the page has a command or a page that does it', (t) => {
  for (const row of rows) {
    const line = page.split('\n').find((text) => text.startsWith(`| ${row} |`)) ?? '';
    t.not(line, '', row);
    t.regex(line, /`mpm-io |\]\(.+\.md|`checks`|Node and/, row);
  }
});

/** On servers that run: what each command of a row ends with, and what is to be seen in it. */
const onRunning: Readonly<Record<string, Readonly<Record<string, readonly [number, RegExp?]>>>> = {
  H1: { 'mpm-io start socketio': [0, /running/] },
  H2: { 'mpm-io start socketio': [0] },
  H3: { 'mpm-io start socketio': [0] },
  H4: { 'mpm-io start socketio': [0], 'mpm-io status': [0], 'mpm-io diagnose': [0] },
  H5: { 'mpm-io start socketio': [0], 'mpm-io wait socketio --for ready': [0, /online/] },
  H6: { 'mpm-io start socketio': [0, /socketio:2/] },
  H12: { 'mpm-io status': [0, /daemon[^]*monitor/], 'mpm-io status --discover': [0] },
  H13: { 'mpm-io info socketio': [0, /command/] },
  H14: { 'mpm-io list': [0, /socketio:1/] },
  H15: { 'mpm-io health --port 8765': [0], 'mpm-io health all': [0] },
  H16: { 'mpm-io diagnose --port 8765': [0, /IPv4/] },
  H17: { 'mpm-io start socketio': [0] },
  H19: { 'mpm-io status': [0], 'mpm-io diagnose': [0] },
  H20: { 'mpm-io info socketio': [0, /version/] },
  H21: { 'mpm-io start daemon': [0, /running/] },
  H22: { 'mpm-io diagnose daemon': [0], 'mpm-io diagnose daemon --fix': [0] },
  H25: { 'mpm-io health socketio': [0], 'mpm-io info socketio': [0] },
  H26: { 'mpm-io start socketio --json': [0, /"steps"/] },
  D1: { 'mpm-io start daemon': [0], 'mpm-io logs daemon': [0, /listening/] },
  D2: { 'mpm-io start daemon': [0, /running/] },
  D3: { 'mpm-io start daemon': [0], 'mpm-io diagnose --port 8765': [0] },
  D6: { 'mpm-io info daemon': [0, /pid file[^]*listening/] },
  D7: { 'mpm-io status': [0] },
  D8: { 'mpm-io status': [0], 'mpm-io start daemon': [0], 'mpm-io diagnose daemon --fix': [0] },
  D9: { 'mpm-io status': [0] },
  H11: { 'mpm-io restart --port 8765': [0], 'mpm-io restart socketio:1': [0] },
  D5: { 'mpm-io restart daemon': [0] },
  H8: { 'mpm-io stop socketio:1': [0, /stopped/] },
  H7: { 'mpm-io stop --port 8765': [0, /stopped/] },
  D4: { 'mpm-io stop daemon': [0, /stopped/] },
  D10: { 'mpm-io stop daemon': [0] },
  X2: { 'mpm-io stop --port 8766': [0] },
  H9: { 'mpm-io stop socketio': [0] },
  H10: { 'mpm-io stop --port 8765': [0] },
  H23: { 'mpm-io stop socketio': [0] },
  H24: { 'mpm-io stop socketio': [0] },
  X4: { 'mpm-io restart monitor --force': [0] },
  X5: { 'mpm-io start monitor': [0, /running/] },
  X1: { 'mpm-io list': [0], 'mpm-io delete socketio': [0, /forgotten/] },
};

test('the commands of the rows, on servers that run', async (t) => {
  const { here, ports } = await setUp(t);
  const started = await here.mpm('start', 'all');
  t.is(started.code, 0, started.text);
  for (const [row, commands] of Object.entries(onRunning))
    for (const [command, [code, seen]] of Object.entries(commands)) {
      t.true(
        commandsOf(row).includes(command),
        `${row}: ${command} stands on the page: ${commandsOf(row).join(', ')}`,
      );
      const result = await runRow(t, here, command, ports);
      t.is(result.code, code, `${row}: ${command}: ${result.text}`);
      if (seen !== undefined) t.regex(result.text, seen, `${row}: ${command}`);
    }
});

test('H1, H3, H5, D3: a taken port is refused with its holder and the command that ends it', async (t) => {
  const { here, ports } = await setUp(t);
  const stranger = await here.listening(standalone, '--port', String(ports.daemon));
  const refused = await here.mpm('start', 'daemon');
  t.is(refused.code, 1);
  t.true(refused.stderr.includes(String(stranger.pid)));
  const both = await here.mpm('diagnose', '--port', String(ports.daemon));
  t.is(both.code, 3);
  const command = /mpm-io stop .+/.exec(refused.stderr)?.[0] ?? '';
  t.is((await here.shell(command)).code, 0, command);
  t.is((await here.mpm('start', 'daemon')).code, 0);
});

test('H4, D7: a server of the other style on the port is a finding of status, exit 3', async (t) => {
  const { here, ports } = await setUp(t);
  await here.listening(standalone, '--port', String(ports.daemon));
  const status = await here.mpm('status');
  t.is(status.code, 3);
  isClean(t, status);
  t.regex(status.text, new RegExp(`Port ${ports.daemon} of daemon is held by`));
});

test('H17: a runtime that is missing is named with the command that installs it', async (t) => {
  const { mpm, file } = project(t, [{ name: 'x', script: './app.cjs' }]);
  file('app.cjs', "require('left-pad-of-nowhere');");
  const failed = await mpm('start', 'x');
  t.is(failed.code, 1);
  t.regex(failed.stderr, /npm install left-pad-of-nowhere/);
});

test('H21, H22, D8: PID files of both forms are read; a stale one is told, kept by status, and removed by --fix', async (t) => {
  const { here, ports } = await setUp(t);
  const path = here.file('run/daemon.pid', '');
  for (const dead of ['999999', JSON.stringify({ pid: 999_999, server_id: 'x' }), '', 'garbage']) {
    writeFileSync(path, dead);
    isClean(t, await here.mpm('status'));
    t.true(existsSync(path));
    const told = await here.mpm('diagnose', 'daemon');
    t.regex(told.text, /PID file of daemon .*\((stale|empty|garbage)\)/, dead);
    const asked = await here.mpm('diagnose', 'daemon', '--fix');
    t.is(asked.code, 2, 'nobody to ask');
    t.true(existsSync(path));
    const fixed = await here.mpm('diagnose', 'daemon', '--fix', '--yes');
    t.is(fixed.code, 0, fixed.text);
    t.false(existsSync(path));
  }
  for (const form of ['number', 'json']) {
    const { pid } = await here.listening(daemonProgram, '--port', String(ports.daemon));
    writeFileSync(path, form === 'number' ? String(pid) : JSON.stringify({ pid, server_id: 'x' }));
    t.like(await here.server('daemon'), { state: 'online', pid });
    t.is((await here.mpm('stop', 'daemon')).code, 0);
    t.false(await accepts(ports.daemon));
  }
  writeFileSync(path, '999999');
  const started = await here.mpm('start', 'daemon');
  t.is(started.code, 0, started.text);
  t.true(readFileSync(path, 'utf8').includes(String((await here.server('daemon')).pid)));
});

test('H20: the version and the compatibility of a server that uses mpm-io/server, compared by number', async (t) => {
  const port = await freePort();
  const here = project(t, [
    {
      name: 'chat',
      style: 'http-managed',
      command: [
        process.execPath,
        fixture('sdk/managed-server.mjs'),
        'http',
        JSON.stringify({ version: '0.10.0', minClient: '0.9.0' }),
      ],
      port,
    },
  ]);
  const started = await here.mpm('start', 'chat');
  t.is(started.code, 0, started.text);
  const info = await here.mpm('info', 'chat');
  t.is(info.code, 0);
  t.regex(info.stdout, /version 0\.10\.0/);
  t.is((await here.mpm('stop', 'chat')).code, 0);
});

test('X3: an orphan without a PID file is known by each form of health answer, and ended by its port', async (t) => {
  const here = project(t);
  for (const program of [standalone, daemonProgram, monitorProgram]) {
    const port = await freePort();
    const { pid } = await here.listening(program, '--port', String(port));
    const found = await here.mpm('status', '--discover', '--json');
    t.true(
      found.json.undeclared.some((row) => row.pid === pid),
      program,
    );
    t.is((await here.mpm('stop', '--port', String(port))).code, 0);
    await eventually(async () => !(await accepts(port)), 'the end');
  }
});

test('X5: a healthy one that others started is kept and told as not ours; a stranger is refused, and ended by force alone', async (t) => {
  const { here, ports } = await setUp(t);
  const pidFile = here.file(`.claude-mpm/monitor-daemon-${ports.monitor}.pid`, '');
  const own = await here.listening(monitorProgram, '--port', String(ports.monitor), '--pid-file', pidFile);
  const kept = await here.mpm('start', 'monitor');
  t.is(kept.code, 0, kept.text);
  t.regex(kept.text, /not ours/);
  t.is((await here.mpm('stop', 'monitor')).code, 0);
  t.false(await accepts(ports.monitor));
  t.truthy(own);
  const stranger = await here.listening(server, `--port=${ports.monitor}`, '--health=none');
  t.is((await here.mpm('start', 'monitor')).code, 1);
  t.is((await here.mpm('stop', 'monitor')).code, 0, 'nothing of it runs');
  t.is((await here.mpm('stop', '--port', String(ports.monitor))).code, 1);
  t.true(await accepts(ports.monitor));
  const forced = await here.mpm('stop', '--port', String(ports.monitor), '--force');
  t.is(forced.code, 0, forced.text);
  t.truthy(stranger);
});

test("the original's servers as examples/claude-mpm.ecosystem.json declares them: read, checked, nothing warned", async (t) => {
  const here = project(t, null, {
    'ecosystem.json': readFileSync(join(root, 'examples/claude-mpm.ecosystem.json'), 'utf8'),
  });
  const check = await here.mpm('config', 'check');
  t.is(check.code, 0, check.text);
  const status = await here.mpm('status', '--json');
  t.true([0, 3].includes(status.code ?? -1));
  t.is(status.json.servers.length, 8);
  const refused = await here.mpm('start', 'socketio', '--dry-run');
  isClean(t, refused);
});

test('H8, H11: of servers that somebody else started, an instance is the same one in every command', async (t) => {
  const base = await freePort(5);
  const known = { ...socketio(base), dialect: 'claude-mpm-standalone' };
  const here = project(t, [known]);
  const places = [0, 1, 2].map((place) => base + place);
  const imitations: { readonly pid: number | undefined }[] = [];
  for (const port of places) imitations.push(await here.listening(standalone, '--port', String(port)));
  const pids = (await here.status()).map(({ pid }) => pid);
  t.deepEqual(
    pids,
    imitations.map(({ pid }) => pid),
  );
  for (const place of [0, 1, 2])
    t.is((await here.status(`socketio:${place}`))[0]?.pid, pids[place] ?? -1, `socketio:${place}`);
  t.is((await here.mpm('stop', 'socketio:1')).code, 0);
  t.deepEqual(
    (await here.status()).map(({ pid }) => pid),
    [pids[0], null, pids[2]],
  );
  t.is((await here.mpm('health', 'socketio:1')).code, 3);
  t.is((await here.mpm('stop', 'socketio:2')).code, 0);
  t.true(await accepts(base));
  t.false(await accepts(base + 2));
});
