/** What is said: progress, warnings and hints, where people read them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ava from 'ava';
import { freePort, isAlive, isClean, project, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

test('more servers than a signal has listeners by default: no warning of Node', async (t) => {
  const servers = Array.from({ length: 12 }, (_value, index) => ({
    name: `w${index}`,
    command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
    stop: { timeout: '2s' },
  }));
  const { mpm } = project(t, servers);
  const started = await mpm('start', 'all');
  t.is(started.code, 0, started.text);
  t.notRegex(started.text, /MaxListeners|Warning/);
  const stopped = await mpm('stop', 'all');
  t.is(stopped.code, 0, stopped.text);
  t.notRegex(stopped.text, /MaxListeners|Warning/);
});

test('a start tells at once that it starts, and then what it waits for', async (t) => {
  const port = await freePort();
  const { mpm } = project(t, [{ name: 'web', script: server, port, ready: { http: '/health' } }]);
  const started = await mpm('start', 'web');
  t.is(started.code, 0, started.text);
  t.regex(started.stderr, /^web: starting\nweb: waiting until ready \(.*\/health.*\)\n/);
  isClean(t, started);
});

const web = (port: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name: 'web',
  script: server,
  port,
  stop: { timeout: '2s' },
  ...more,
});

test('a broken file keeps nobody from what it has started: the records know it too, and the hint says so', async (t) => {
  const port = await freePort();
  const { mpm, shell, file, folder } = project(t, [web(port)]);
  t.is((await mpm('start', 'web')).code, 0);
  file('ecosystem.json', { servers: [web(port, { prot: 1, dependsOn: 7 })] });
  for (const [verb, more] of [
    ['status', 0],
    ['diagnose', null],
    ['info', null],
    ['logs', 0],
    ['health', 0],
  ] as const) {
    const refused = await mpm(verb, 'web');
    t.is(refused.code, 2, refused.text);
    const [hint = ''] = /mpm-io \w+ web --recorded/.exec(refused.stderr) ?? [];
    t.is(hint, `mpm-io ${verb} web --recorded`, refused.text);
    const done = await shell(hint);
    if (more !== null) t.is(done.code, more, done.text);
    t.not(done.code, 2, done.text);
    isClean(t, done);
  }
  t.regex((await mpm('status', '--recorded')).stdout, /web .*online/);
  const started = await mpm('start', 'web');
  t.notRegex(started.text, /--recorded/, 'a start needs the file');
  const stopped = await shell((await mpm('stop', 'web')).stderr.match(/mpm-io stop .*/)?.[0] ?? 'false');
  t.is(stopped.code, 0, stopped.text);
  t.regex(stopped.stderr, /web: stopped/);
  const named = await mpm('delete', `${folder}/ecosystem.json`);
  const gone = await shell(named.stderr.match(/mpm-io .*--recorded/)?.[0] ?? 'false');
  t.is(gone.code, 0, gone.text);
  t.regex(gone.stderr, /web: forgotten/);
});

test('a name that only another file knows is found, and not changed unasked', async (t) => {
  const port = await freePort();
  const { mpm, mpmWith, file, server: statusOf, folder } = project(t, [web(port, { name: 'only1' })]);
  t.is((await mpm('start', 'only1')).code, 0);
  file('p2/ecosystem.json', { servers: [web(port + 1, { name: 'two' })] });
  const cwd = `${folder}/p2`;
  const refused = await mpmWith({ cwd }, 'stop', 'only1');
  t.is(refused.code, 2, refused.text);
  t.regex(
    refused.stderr,
    /Nothing was done: only1 is not of the file here, but of .*project\/ecosystem\.json/,
  );
  t.regex(refused.stderr, /--yes/);
  t.is((await statusOf('only1')).state, 'online');
  t.is((await mpmWith({ cwd }, 'status', 'only1')).code, 0, 'looking is free');
  const unknown = await mpmWith({ cwd }, 'status', 'onyl');
  t.regex(unknown.stderr, /Known: two, only1\./);
  t.is((await mpmWith({ cwd }, 'stop', 'only1', '--yes')).code, 0);
  t.is((await statusOf('only1')).state, 'stopped');
});

test('a filter that nothing has is a mistake, with what was probably meant', async (t) => {
  const { mpm } = project(t, [web(await freePort(), { namespace: 'shop' })]);
  for (const [words, said] of [
    [['status', '--style', 'http-manged'], /--style http-manged: .*did you mean "http-managed"\?/],
    [['stop', 'all', '--style', 'nope'], /--style nope: no server here has this style\.\n.*Known: /],
    [['status', '--namespace', 'shpo'], /--namespace shpo: .*did you mean "shop"\?/],
    [['status', '--only', 'nope'], /There is no server nope\./],
    [['start', 'all', '--only', 'wbe'], /There is no server wbe\./],
  ] as const) {
    const refused = await mpm(...words);
    t.is(refused.code, 2, refused.text);
    t.regex(refused.stderr, said);
  }
  t.is(
    (await mpm('status', '--style', 'daemon-managed')).code,
    0,
    'a style that exists and has no server here',
  );
  t.is((await mpm('status', '--namespace', 'shop')).code, 0);
});

test('logs says what is true of a server whose output is not here', async (t) => {
  const port = await freePort();
  const { mpm, mpmWith, file, listening, folder } = project(t, [web(port)]);
  const other = await listening(server, `--port=${port + 1}`);
  const said = async (pattern: RegExp, code: number, ...words: readonly string[]): Promise<void> => {
    const answer = await mpm(...words);
    t.is(answer.code, code, answer.text);
    t.regex(answer.text, pattern);
    isClean(t, answer);
  };
  await said(
    /mpm-io did not start what has port \d+.*\n.*mpm-io diagnose --port/,
    2,
    'logs',
    '--port',
    `${port + 1}`,
  );
  await said(/did not start what has PID/, 2, 'logs', '--pid', String(other.pid));
  await said(/None of these servers was started by mpm-io/, 2, 'logs', 'web');
  t.is((await mpm('start', 'web')).code, 0);
  const lines = (await mpm('logs', 'web')).stdout;
  t.is((await mpm('delete', 'web')).code, 0);
  t.true((await mpm('logs', 'web')).stdout.startsWith(lines), 'its files are still there');
  t.is((await mpm('delete', 'web', '--logs')).code, 0);
  file('empty/x', '');
  const cwd = `${folder}/empty`;
  const home = { MPM_IO_HOME: `${folder}/other-home` };
  for (const verb of ['logs', 'health'])
    t.regex(
      (await mpmWith({ cwd: `${cwd}`, env: home }, verb, '-c', 'none.json')).stderr,
      /no ecosystem file/,
    );
});

test('an empty folder is told as such, and an empty list by its name', async (t) => {
  const { mpm, file } = project(t, null);
  for (const verb of ['logs', 'health']) {
    const answer = await mpm(verb);
    t.is(answer.code, 2, answer.text);
    t.regex(answer.stderr, /There is no ecosystem file here, and nothing is recorded/);
  }
  file('j.json', []);
  const status = await mpm('status', '-c', 'j.json');
  t.regex(status.stdout, /j\.json declares no server/);
  t.notRegex(status.stdout, /config init/);
});

test('a restart of what nobody declared says a command that stops it', async (t) => {
  const port = await freePort();
  const { mpm, shell, listening } = project(t, null);
  t.regex((await mpm('restart', '--port', String(port))).stderr, /Nobody listens on port/);
  await listening(server, `--port=${port}`);
  const refused = await mpm('restart', '--port', String(port), '--force');
  t.is(refused.code, 2, refused.text);
  const [line = 'false'] = /mpm-io stop --pid \d+/.exec(refused.stderr) ?? [];
  const stopped = await shell(`${line} --force`);
  t.is(stopped.code, 0, refused.text + stopped.text);
});

test('config init writes where --config says, in the format of its ending', async (t) => {
  const { mpm, read } = project(t, null);
  t.is((await mpm('config', 'init', '--config', 'zz.yaml')).code, 0);
  t.regex(read('zz.yaml'), /^servers:/m);
  t.is((await mpm('config', 'check', '--config', 'zz.yaml')).code, 0);
  t.regex((await mpm('config', 'init', '-c', 'zz.txt')).stderr, /ends in \.json/);
  t.regex((await mpm('config', 'init', 'json', '-c', 'a.yaml')).stderr, /this ending is of yaml, and json/);
});

test('a script that is not there: which word in which file', async (t) => {
  const { mpm } = project(t, [{ name: 'web', script: 'nowhere.js' }]);
  const failed = await mpm('start', 'web');
  t.is(failed.code, 1, failed.text);
  t.regex(failed.stderr, /Correct "script" or "cwd" in .*ecosystem\.json\./);
});

test('what only a supervisor honours is one line at a start, and the environment that is none has no blank place', async (t) => {
  const app = { script: server, autorestart: true, max_restarts: 3, cron_restart: '0 3 * * *', watch: true };
  const { mpm, file } = project(t, null);
  file(
    'eco.config.cjs',
    `module.exports = ${JSON.stringify({
      apps: [
        { name: 'api', ...app },
        { name: 'job', ...app },
      ],
    })}`,
  );
  const planned = await mpm('start', 'all', '-c', 'eco.config.cjs', '--env', 'nope', '--dry-run');
  const lines = planned.stderr.split('\n').filter((line) => /supervisor/.test(line));
  t.is(lines.length, 1, planned.stderr);
  t.regex(
    planned.stderr.replaceAll(/\n\s+/g, ' '),
    /not honoured without a supervisor: .*max_restarts \(api, job\)/,
  );
  t.regex(planned.stderr, /. no server of this file has an environment "nope"/);
  t.notRegex(planned.stderr, /\(line \d+\): no server/);
  const check = await mpm('config', 'check', '-c', 'eco.config.cjs', '--env', 'nope');
  t.notRegex(check.stdout, /max_restarts: max_restarts|, : no server/);
});

test('verbs that are not there yet say what does their job, and a missing target is asked for in words', async (t) => {
  const { mpm } = project(t, []);
  for (const verb of [
    'reload',
    'scale',
    'env',
    'attach',
    'why',
    'flush',
    'signal',
    'adopt',
    'startup',
    'migrate',
    'dashboard',
    'supervisor',
  ]) {
    const answer = await mpm(verb, 'web');
    t.is(answer.code, 2, answer.text);
    t.true(answer.stderr.startsWith(`Error: mpm-io has no ${verb}.\n  → `), answer.text);
  }
  t.regex((await mpm('info')).stderr, /Say what to describe\.\n.*mpm-io info all/);
});

test('wait says what each server is instead, and diagnose --fix that nothing can be fixed', async (t) => {
  const port = await freePort();
  const { mpm } = project(t, [web(port)]);
  const late = await mpm('wait', 'web', '--timeout', '300ms');
  t.is(late.code, 1, late.text);
  t.regex(late.stderr, /^web: stopped, not ready after 300 ?ms\nSee why with: mpm-io diagnose web\n$/);
  const nobody = await mpm('wait', '--port', String(port + 1));
  t.is(nobody.code, 2, nobody.text);
  t.regex(nobody.stderr, /no server that is declared or recorded here has it/);
  t.regex(
    (await mpm('diagnose', '--fix')).stderr,
    /Nothing here can be fixed without ending or losing something\./,
  );
});

test('logs --since of lines without a time says once that they are all shown', async (t) => {
  const script = "for (const n of [1, 2, 3]) console.log('line', n); setInterval(() => {}, 1000)";
  const { mpm } = project(t, [
    { name: 'talks', command: [process.execPath, '-e', script], stop: { timeout: '2s' } },
  ]);
  t.is((await mpm('start', 'talks')).code, 0);
  const since = await mpm('logs', 'talks', '--since', '1h');
  t.is([...since.stdout.matchAll(/line \d/g)].length, 3, since.text);
  t.is([...since.stderr.matchAll(/Lines that carry no time/g)].length, 1, since.text);
  t.is((await mpm('logs', 'talks')).stderr, '');
  const json = await mpm('logs', 'talks', '--json');
  t.deepEqual(Object.keys(JSON.parse(json.stdout.split('\n')[0] ?? '') as object), [
    'source',
    'stream',
    'line',
    'at',
  ]);
});

test('an empty table says what it is empty of', async (t) => {
  const { mpm } = project(t, [{ name: 'web', command: ['sleep', '1000'] }]);
  t.regex((await mpm('status', '--recorded')).stdout, /^Nothing is recorded of .*ecosystem\.json\./);
  t.regex(
    (await mpm('status', '--style', 'http-managed')).stdout,
    /^No server of .*ecosystem\.json matches\./,
  );
  t.is((await mpm('start', 'web')).code, 0);
  t.regex(
    (await mpm('status', '--recorded', '--style', 'http-managed')).stdout,
    /^No server of .* matches\./,
  );
});

test('a dry run says what its command would do, with the remedy and the exit code of the real one', async (t) => {
  const port = await freePort();
  const { mpm, shell, listening } = project(t, [
    { name: 'up', command: ['sleep', '1000'] },
    { name: 'down', command: ['sleep', '1000'] },
    { name: 'seen', style: 'http-managed', port },
  ]);
  t.is((await mpm('start', 'up')).code, 0);
  const again = (await mpm('restart', 'up', 'down', '--dry-run')).stdout;
  t.regex(again, /up .*would be stopped and started again\n.*down .*would be started/);
  t.regex((await mpm('delete', 'up', '--dry-run')).stdout, /stopped and forgotten/);
  t.regex((await mpm('delete', 'up', '--logs', '--dry-run')).stdout, /log files removed/);
  t.regex((await mpm('delete', 'down', '--dry-run')).stdout, /is not running and not recorded/);
  const refused = await mpm('start', 'seen', '--dry-run');
  t.is(refused.code, (await mpm('start', 'seen')).code);
  t.is(refused.code, 2);
  t.regex(refused.stdout, /→ Give it a "script"/);
  const { pid } = await listening(server, `--port=${port}`);
  const line = /mpm-io stop .+/.exec((await mpm('restart', 'seen')).stderr)?.[0] ?? '';
  t.is((await shell(line)).code, 0, line);
  t.false(isAlive(pid));
});

test('a path is told as one: a program, or a file that is not there', async (t) => {
  const { mpm, file } = project(t, [{ name: 'web', command: ['sleep', '1000'] }]);
  file('app.js', '');
  const program = await mpm('start', 'app.js');
  t.is(program.code, 2);
  t.regex(program.stderr, /app\.js is a file, and no server of that name/);
  t.regex((await mpm('start', 'other.json')).stderr, /There is no file other\.json/);
  t.regex((await mpm('start', 'wbe')).stderr, /Did you mean "web"/);
});

test('delete --logs also removes what a server had left that was forgotten before', async (t) => {
  const { mpm, home } = project(t, [{ name: 'web', command: ['sleep', '1000'] }]);
  t.is((await mpm('start', 'web')).code, 0);
  t.is((await mpm('delete', 'web')).code, 0);
  const logs = join(home, 'logs/default');
  t.true(existsSync(join(logs, 'web.out.log')));
  const removed = await mpm('delete', 'web', '--logs');
  t.is(removed.code, 0);
  t.regex(removed.stderr, /log files it had left are removed/);
  t.deepEqual(readdirSync(logs), []);
  t.regex((await mpm('delete', 'web', '--logs')).text, /was not recorded\n/);
});

test('an instance that is in the way is named with its index', async (t) => {
  const port = await freePort(2);
  const { mpm } = project(t, [
    { name: 'web', script: server, port, instances: 2, stop: { timeout: '2s' } },
    { name: 'late', script: server, port: port + 1 },
  ]);
  t.is((await mpm('start', 'web')).code, 0);
  t.regex((await mpm('start', 'late')).stderr, /which is web:1 \(supervised\)/);
  const shown = (await mpm('diagnose', 'web')).stdout;
  t.regex(shown, /main process of web:0/);
  t.regex(shown, /main process of web:1/);
});

test('config init writes no file that would never be found beside another', async (t) => {
  const { mpm, file, folder } = project(t, []);
  const refused = await mpm('config', 'init', 'yaml');
  t.is(refused.code, 2);
  t.regex(
    refused.stderr,
    /ecosystem\.json is there already, and of two in one folder only the first is found/,
  );
  t.deepEqual(readdirSync(folder), ['ecosystem.json']);
  file('package.json', '{}');
  t.is((await mpm('config', 'init', '--config', 'other.yaml')).code, 0);
});

test('a part of a list that cannot be started is a failure, the whole of it a wrong command', async (t) => {
  const { mpm } = project(t, [
    { name: 'web', script: server, port: await freePort() },
    { name: 'watched', style: 'http-managed', port: await freePort() },
  ]);
  t.is((await mpm('start', 'watched')).code, 2);
  t.is((await mpm('start', 'all', '--dry-run')).code, 1);
  t.is((await mpm('start', 'all')).code, 1);
});
