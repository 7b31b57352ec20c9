import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import ava from 'ava';
import { visibleWidth } from '../../src/model/text.js';
import { eventually, fixture, freePort, isClean, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const web = (port: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'web',
  style: 'http-managed',
  script: server,
  port,
  ...more,
});

test('logs: last lines, one stream, grep, since, raw, json, following over a rotation', async (t) => {
  const {
    mpm,
    mpmStarted,
    home,
    server: statusOf,
  } = project(t, [{ name: 'talks', script: fixture('cli/writes-lines.mjs') }]);
  t.is((await mpm('start', 'talks')).code, 0);
  const { pid } = await statusOf('talks');
  const out = join(home, 'logs/default/talks.out.log');
  const write = async (n: number): Promise<void> => {
    process.kill(pid, 'SIGUSR2');
    await eventually(
      async () => (await mpm('logs', 'talks', '--raw')).stdout.includes(`out ${n}\n`),
      `line ${n}`,
    );
  };
  await write(2);
  await write(3);
  const all = await mpm('logs', 'talks');
  t.is(all.code, 0);
  t.is(all.stderr, '');
  isClean(t, all);
  t.is(all.stdout.match(/out/g)?.length, 3);
  t.is((await mpm('logs', 'talks', '--out', '-n', '1')).stdout.trim().split('\n').length, 1);
  t.false((await mpm('logs', 'talks', '--err')).stdout.includes('out '));
  t.is((await mpm('logs', 'talks', '--grep', '^out [13]$')).stdout.match(/out/g)?.length, 2);
  t.is((await mpm('logs', 'talks', '--out', '--raw')).stdout, 'out 1\nout 2\nout 3\n');
  const lines = (await mpm('logs', 'talks', '--out', '--json')).stdout.trim().split('\n');
  t.true(lines.every((line) => JSON.stringify(JSON.parse(line)).includes('out ')));
  t.is((await mpm('logs', 'talks', '--since', '1h', '--until', '0s')).code, 0);

  const following = mpmStarted('logs', 'talks', '--follow', '--out', '-n', '1');
  await eventually(() => following.output().includes('out 3'), 'the last line');
  appendFileSync(out, 'before\n');
  await eventually(() => following.output().includes('before'), 'a line that came');
  renameSync(out, `${out}.1`);
  writeFileSync(out, 'after rotation\n');
  await eventually(() => following.output().includes('after rotation'), 'the rotated file');
  following.child.kill('SIGINT');
  t.is(await following.ended(), null);
  t.is(following.child.signalCode, 'SIGINT', 'which is 130 to a shell');
  t.notRegex(following.output(), /\n\s+at /);
  const none = await mpm('logs', 'nobody');
  t.is(none.code, 2);
});

test('completion: bash really completes commands, options and names of servers', async (t) => {
  const { mpm, shell, file } = project(t, [
    web(await freePort()),
    { name: 'worker', command: ['sleep', '9'] },
  ]);
  for (const name of ['bash', 'zsh', 'fish']) {
    const script = await mpm('completion', name);
    t.is(script.code, 0);
    isClean(t, script);
  }
  file('complete.sh', (await mpm('completion', 'bash')).stdout);
  if (!existsSync('/bin/bash')) {
    t.log('skipped: no bash here');
    return;
  }
  const complete = async (...words: string[]): Promise<string[]> => {
    const line = words.join(' ');
    const { stdout } = await shell(
      `bash -c 'source ./complete.sh; COMP_WORDS=(${words.map((word) => `"${word}"`).join(' ')}); COMP_CWORD=${words.length - 1}; COMP_LINE="${line}"; COMP_POINT=${line.length}; spec=$(complete -p mpm-io); [[ $spec =~ -F\\ ([^ ]+) ]]; "\${BASH_REMATCH[1]}" mpm-io "\${COMP_WORDS[COMP_CWORD]}" ""; printf "%s\\n" "\${COMPREPLY[@]}"'`,
    );
    return stdout
      .trim()
      .split('\n')
      .map((word) => word.trim())
      .filter((word) => word !== '');
  };
  t.deepEqual(await complete('mpm-io', 'sta'), ['start', 'status']);
  t.deepEqual((await complete('mpm-io', 'stop', 'w')).toSorted(), ['web', 'worker']);
  t.deepEqual(await complete('mpm-io', 'start', '--dry'), ['--dry-run']);
  t.deepEqual((await complete('mpm-io', 'config', '')).toSorted(), ['check', 'init', 'show']);
});

test('pipes: data alone on stdout, no escape codes, and a reader that leaves is no fault', async (t) => {
  const port = await freePort(3);
  const { mpm, mpmWith, shell } = project(t, [web(port, { instances: 3 })]);
  t.is((await mpm('start', 'all')).code, 0);
  const status = await mpm('status', '--json');
  t.is(status.stderr, '');
  t.deepEqual(Object.keys(status.json), ['schemaVersion', 'servers', 'undeclared', 'findings']);
  for (const command of ['status', 'diagnose', 'info all', 'logs --no-follow', 'health']) {
    const head = await shell(`mpm-io ${command} | head -1`);
    t.is(head.code, 0, command);
    isClean(t, head, command);
    isClean(t, await mpmWith({ env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, ...command.split(' ')), command);
  }
  await mpm('stop', 'web:0');
  await shell('mpm-io start all 2>&1 | true');
  t.is((await mpm('status', 'web:0', '--json')).json.servers[0].state, 'online', 'the work goes on');
  const closed = await shell('mpm-io status --json | true');
  t.is(closed.stderr, '');
  const full = await shell('mpm-io status > /dev/full');
  t.is(full.code, 1);
  t.regex(full.stderr, /Error: .*ENOSPC/);
  t.notRegex(full.stderr, /\n\s+at /);
  t.true((await mpmWith({ env: { FORCE_COLOR: '1' } }, 'status')).stdout.includes('\u001b['));
  const stopped = await mpm('stop', 'all', '--json');
  t.is(stopped.stderr, '');
  t.deepEqual(
    stopped.json.steps.map(({ outcome }) => outcome),
    ['done', 'done', 'done'],
  );
});

test('on a terminal of 80 and of 40 columns no line is wider, and NO_COLOR is heard', async (t) => {
  if (spawnSync('python3', ['--version']).status !== 0) {
    t.log('skipped: no python3 to open a terminal with');
    t.pass();
    return;
  }
  const port = await freePort();
  const { mpm, shell, folder } = project(t, [
    web(port, { name: 'a-server-with-quite-a-long-name-for-a-narrow-table' }),
    { name: 'größe 日本', command: ['sleep', '600'] },
  ]);
  const onTerminal = (columns: number, words: string, env = '') =>
    shell(`${env} TERM=xterm-256color python3 ${fixture('cli/on-terminal.py')} ${columns} mpm-io ${words}`);
  const started = await onTerminal(80, 'start all');
  t.is(started.code, 0, started.text);
  t.true(started.stdout.includes('\u001b[?25h'), 'the cursor is given back');
  for (const columns of [80, 40])
    for (const command of ['status', 'status --style supervised']) {
      const { stdout } = await onTerminal(columns, command);
      for (const line of stripVTControlCharacters(stdout).split(/\r?\n/))
        if (!line.includes('mpm-io')) t.true(visibleWidth(line) <= columns, `${columns}: ${line}`);
    }
  const plain = await onTerminal(80, 'status', 'NO_COLOR=1');
  t.false(['31', '32', '33', '2', '1'].some((code) => plain.stdout.includes(`\u001b[${code}m`)));
  t.true((await onTerminal(80, 'status')).stdout.includes('\u001b['));
  t.is((await mpm('stop', 'all')).code, 0);
  t.truthy(folder);
});

test('an empty folder is told what to do next, and asking makes nothing', async (t) => {
  const { mpm, home } = project(t);
  const status = await mpm('status');
  t.is(status.code, 0);
  t.regex(status.text, /mpm-io config init/);
  const start = await mpm('start', 'all');
  t.is(start.code, 2);
  t.regex(start.text, /mpm-io config init/);
  for (const words of [
    ['info', 'all'],
    ['health'],
    ['diagnose'],
    ['logs'],
    ['stop', 'all'],
    ['delete', 'all'],
    ['plugins'],
  ])
    isClean(t, await mpm(...words), words.join(' '));
  t.false(existsSync(home));
});

test('config init, check and show of every format; the file it writes starts', async (t) => {
  for (const [format, name] of [
    ['json', 'ecosystem.json'],
    ['yaml', 'ecosystem.yaml'],
    ['js', 'ecosystem.config.js'],
    ['ts', 'ecosystem.config.ts'],
  ] as const) {
    const { mpm, folder } = project(t);
    const made = await mpm('config', 'init', format);
    t.is(made.code, 0, made.text);
    t.is(made.stdout.trim(), join(folder, name));
    const again = await mpm('config', 'init', format);
    t.is(again.code, 2);
    const check = await mpm('config', 'check');
    t.is(check.code, 0, `${format}: ${check.text}`);
    isClean(t, check);
    const shown = await mpm('config', 'show');
    t.is(shown.code, 0, shown.text);
    t.true(shown.json.servers.length > 0);
    t.true((await mpm('config', 'check', '--json')).json.keys.length > 0);
    t.regex(readFileSync(join(folder, name), 'utf8'), /servers/);
  }
});

test('a pm2 file: what is not honoured is told once per key, and secrets are masked', async (t) => {
  const { mpm, file } = project(t);
  file(
    'ecosystem.config.cjs',
    `module.exports = { apps: [
    { name: 'a', script: ${JSON.stringify(server)}, watch: true, max_memory_restart: '1G', env: { API_TOKEN: 'hush-hush' } },
    { name: 'b', script: ${JSON.stringify(server)}, watch: true, cron_restart: '0 * * * *' },
  ] };`,
  );
  const check = await mpm('config', 'check');
  t.is(check.code, 0, check.text);
  const planned = await mpm('start', 'all', '--dry-run');
  t.is(planned.code, 0, planned.text);
  t.is(planned.stderr.match(/watch/g)?.length, 1, planned.stderr);
  t.regex(planned.stderr, /watch \(a, b\)/);
  t.regex(planned.stderr, /cron/);
  t.false((await mpm('config', 'show')).stdout.includes('hush-hush'));
  t.true((await mpm('config', 'show', '--reveal')).stdout.includes('hush-hush'));
});

test('a command with a named file prints commands that name it too', async (t) => {
  const port = await freePort();
  const { mpm, shell, file, server: statusOf } = project(t);
  file('other.json', { servers: [web(port, { args: ['--exit-after=500', '--exit=9'] })] });
  t.is((await mpm('start', 'other.json')).code, 0);
  await eventually(async () => (await statusOf('web')).state === 'failed', 'failed');
  const { findings } = (await mpm('diagnose', 'web', '-c', 'other.json', '--json')).json;
  const lines = findings.flatMap(({ remedies }) => remedies.flatMap(({ shell: line }) => line ?? []));
  t.true(lines.length >= 2, JSON.stringify(findings));
  for (const line of lines) {
    const done = await shell(line);
    t.is(done.code, 0, `${line}: ${done.text}`);
  }
});
