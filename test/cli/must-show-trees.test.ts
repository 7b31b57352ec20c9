import ava from 'ava';
import {
  accepts,
  eventually,
  findingOf,
  freePort,
  isAlive,
  isClean,
  isGone,
  processesOf,
  project,
  server,
} from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

test('npm start -> sh -> node is one server, and is stopped as one', async (t) => {
  const port = await freePort();
  const {
    mpm,
    file,
    home,
    server: statusOf,
  } = project(t, [{ name: 'web', style: 'http-managed', command: ['npm', 'start', '--silent'], port }]);
  file('package.json', { name: 'x', scripts: { start: `sh -c '${process.execPath} ${server}; true'` } });
  const started = await mpm('start', 'web');
  t.is(started.code, 0, started.text);
  const diagnosis = await mpm('diagnose', '--port', String(port), '--json');
  t.is(diagnosis.code, 0, diagnosis.text);
  t.deepEqual(diagnosis.json.findings, []);
  const rows = await mpm('status', '--json');
  t.is(rows.json.servers.length, 1);
  t.is(rows.json.undeclared.length, 0);
  t.like(await statusOf('web'), { state: 'online', origin: 'ours', port });
  const stopped = await mpm('stop', '--port', String(port));
  t.is(stopped.code, 0, stopped.text);
  await eventually(() => processesOf(home).length === 0, 'the end of the whole tree');
});

test('npm start that others started is one server too', async (t) => {
  const port = await freePort();
  const { mpm, file, run } = project(t);
  file('package.json', {
    name: 'x',
    scripts: { start: `${process.execPath} ${server} --port=${port}` },
  });
  const npm = run('npm', 'start', '--silent');
  await eventually(() => npm.output().includes('"listening":true'), 'npm start');
  const { json } = await mpm('diagnose', '--port', String(port), '--json');
  t.is(json.claims.filter(({ style }) => style === 'http-managed').length, 1, JSON.stringify(json.claims));
  const stopped = await mpm('stop', '--port', String(port));
  t.is(stopped.code, 0, stopped.text);
  t.false(await accepts(port));
  await isGone(npm.pid, 'npm');
});

test('a port that no style recognises is named, refused, and ended only by force', async (t) => {
  const port = await freePort();
  const { mpm, shell, listening } = project(t);
  const { pid } = await listening(server, `--port=${port}`, '--health=none');
  const { json } = await mpm('diagnose', '--port', String(port), '--json');
  t.is(json.findings[0].rule, 'unknown-holder');
  const refused = await mpm('stop', '--port', String(port));
  t.is(refused.code, 1, refused.text);
  t.true(isAlive(pid));
  const done = await shell(json.findings[0].remedies[0].shell);
  t.is(done.code, 0, done.text);
  t.false(isAlive(pid));
});

test('two servers that nobody declared on one port, at 127.0.0.1 and ::1: told, and each remedy ends its own', async (t) => {
  const port = await freePort();
  const { mpm, shell, listening } = project(t);
  const four = await listening(server, `--port=${port}`, '--id=four');
  const six = await listening(server, `--port=${port}`, '--host=::1', '--id=six');
  const { code, json } = await mpm('diagnose', '--port', String(port), '--json');
  t.is(code, 3);
  const finding = findingOf(json, 'split-port');
  t.regex(finding.message, /four.*127\.0\.0\.1.*six.*\[::1\]/);
  isClean(t, await mpm('diagnose', '--port', String(port)));
  const refused = await mpm('stop', '--port', String(port));
  t.is(refused.code, 1, refused.text);
  t.true(isAlive(four.pid) && isAlive(six.pid), 'which of them was meant is not guessed');
  const done = await shell(finding.remedies[1]?.shell ?? '');
  t.is(done.code, 0, done.text);
  t.false(isAlive(six.pid));
  t.true(isAlive(four.pid));
  t.is((await mpm('diagnose', '--port', String(port))).code, 0);
  t.is((await shell(finding.remedies[0].shell)).code, 0);
  t.false(isAlive(four.pid));
});
