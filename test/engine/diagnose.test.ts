import test from 'ava';
import { diagnose } from '../../src/engine/diagnose.js';
import { applyFixes, fixesOf } from '../../src/engine/fix.js';
import type { DiagnosisSubject } from '../../src/engine/diagnosis.js';
import { allInstances, lookAt } from '../../src/engine/workspace.js';
import type { PidFileFact } from '../../src/model/sighting.js';
import { createFakeHost } from '../../src/testing/index.js';
import {
  absent,
  ended,
  fixed,
  only,
  recorded,
  server,
  style,
  tcp,
  witness,
  workspaceOf,
  type World,
} from './rig.js';

const port = 8765;
const web = server('web', { port: fixed(port), host: '127.0.0.1' });

const about = async (subject: Partial<DiagnosisSubject>, world: World) => {
  const workspace = workspaceOf(world);
  const look = lookAt(workspace);
  const all = allInstances(workspace, look, true);
  const named =
    subject.server === undefined
      ? null
      : all.filter(({ instance }) => instance.server.name === subject.server);
  const whole = { server: null, port: null, pid: null, ...subject };
  const { report, snapshot } = await diagnose(workspace, look, { all, named, subject: whole });
  return { ...report, snapshot, workspace };
};

test('a port: who holds it in each family, since when, run by whom, claimed by whom', async (t) => {
  const host = createFakeHost();
  host.file('/etc/passwd', 'tester:x:1000:1000::/home/tester:/bin/sh\n');
  const helper = host.process({ argv: ['/bin/sh', '-c', 'x'] });
  const main = host.process({ argv: ['node', 'web.js'], ppid: helper.pid, listen: [{ port }] });
  const twin = host.process({ argv: ['node', 'twin.js'], listen: [{ port, address: '::1' }] });
  const records = [{ ...recorded(web, main, port), helper }];
  const report = await about({ port }, { host, servers: [web], records });
  const [four, six] = only(report.ports).listeners;
  t.like(four, { family: 4, address: '127.0.0.1', note: null });
  t.like(four?.holders[0], {
    pid: main.pid,
    command: 'node web.js',
    user: 'tester',
    manager: 'mpm-io at /home/tester/.mpm-io',
  });
  t.like(six, { family: 6, address: '::1' });
  t.like(six?.holders[0], { pid: twin.pid, manager: null });
  t.false(only(report.ports).free);
  t.like(only(report.claims), {
    style: 'supervised',
    role: 'owner',
    name: 'web',
    pid: main.pid,
    proven: true,
  });
  t.deepEqual(
    report.chains.map((chain) => chain.map(({ pid, what }) => [pid, what])),
    [
      [
        [main.pid, 'main process of web'],
        [helper.pid, 'helper of mpm-io'],
        [1, 'first process of the system'],
      ],
      [
        [twin.pid, 'listens'],
        [1, 'first process of the system'],
      ],
    ],
  );
  t.deepEqual(
    report.findings.map(({ rule }) => rule),
    ['split-port', 'unknown-holder'].slice(0, report.findings.length),
  );
  t.deepEqual(JSON.parse(JSON.stringify(report.findings)), report.findings);
});

test('a free port, and one whose holder is hidden', async (t) => {
  const free = await about({ port }, {});
  t.like(only(free.ports), { port, listeners: [], free: true });
  t.deepEqual(free.findings, []);
  const host = createFakeHost();
  host.foreignListener({ port, address: '0.0.0.0' }, 33);
  const hidden = await about({ port }, { host });
  t.regex(only(only(hidden.ports).listeners).note ?? '', /not visible to you \(user 33/);
  t.is(only(hidden.findings).rule, 'unknown-holder');
  t.is(only(only(hidden.findings).remedies).shell, 'sudo mpm-io diagnose --port 8765');
});

test('a port of nobody’s: a stranger that a style recognises, and one that none does', async (t) => {
  const host = createFakeHost();
  const main = host.process({ argv: ['python3', 'x.py'], listen: [{ port }] });
  const nobody = await about({ port }, { host });
  t.is(
    only(nobody.findings).message,
    `Port 8765 is held by PID ${main.pid} (python3 x.py), and no style recognises it.`,
  );
  const supervised = style(undefined, {
    recognize: async ({ pid }) =>
      pid === main.pid ? { name: 'relay', sighting: witness(main, { endpoints: [tcp(port)] }) } : null,
  });
  const known = await about({ port }, { host, styles: { supervised } });
  t.is(only(known.findings).rule, 'undeclared-server');
  t.is(only(only(known.findings).remedies).shell, `mpm-io stop --pid ${main.pid}`);
  t.is(only(known.claims).name, 'relay');
  const declared = await about({ port }, { host, servers: [web], styles: { supervised } });
  t.deepEqual(
    declared.findings.map(({ rule }) => rule),
    ['foreign-listener'],
  );
});

test('a holder that nobody recognises and that does not answer is told as unresponsive, declared port or not', async (t) => {
  const silent = createFakeHost();
  const { pid } = silent.process({ argv: ['python3', 'x.py'], listen: [{ port }] });
  silent.answer(`http://127.0.0.1:${port}/`, 'hang');
  const nobody = only((await about({ port }, { host: silent })).findings);
  t.like(nobody, { rule: 'unresponsive', severity: 'error' });
  t.is(only(nobody.remedies).shell, `mpm-io stop --pid ${pid} --force`);
  t.regex(nobody.evidence.map(({ text }) => text).join(), /accepts connections and does not answer in time/);
  for (const subject of [{ port }, { server: 'web' }]) {
    const declared = await about(subject, { host: silent, servers: [web] });
    t.deepEqual(
      declared.findings.map(({ rule }) => rule),
      ['foreign-listener', 'unresponsive'],
    );
  }
  t.is(only((await about({ pid }, { host: silent, servers: [web] })).findings).rule, 'unresponsive');
  const frozen = createFakeHost();
  frozen.process({ pid: 5000, argv: ['python3', 'x.py'], state: 'T', listen: [{ port }] });
  const stopped = only((await about({ port }, { host: frozen })).findings);
  t.is(stopped.rule, 'unresponsive');
  t.is(stopped.remedies[0]?.shell, 'kill -CONT 5000');
});

test('a PID leads to its ports and its server', async (t) => {
  const host = createFakeHost();
  const main = host.process({ listen: [{ port }, { port: 9000 }] });
  const report = await about(
    { pid: main.pid },
    { host, servers: [web], records: [recorded(web, main, port)] },
  );
  t.deepEqual(
    report.ports.map(({ port: number }) => number),
    [port, 9000],
  );
  t.is(only(report.claims).name, 'web');
  t.deepEqual(report.findings, []);
});

test('a server shows what is wrong with it alone; no subject shows everything', async (t) => {
  const api = server('api', { port: fixed(9000) });
  const world = { servers: [web, api], records: [ended(web, 'failed', 'x'), ended(api, 'failed', 'y')] };
  const one = await about({ server: 'web' }, world);
  t.deepEqual(
    one.findings.map(({ servers }) => servers),
    [['default/web:0']],
  );
  t.deepEqual(
    one.ports.map(({ port: number }) => number),
    [port],
  );
  t.is((await about({}, world)).findings.length, 2);
});

test('who could not look is told', async (t) => {
  const blind = style(() => ({ seen: 'unavailable', reason: 'no socket' }));
  t.deepEqual((await about({}, { servers: [web], styles: { supervised: blind } })).blind, [
    'supervised: no socket',
  ]);
});

test('fixes are listed once, and a PID file is removed only while its verdict stands', async (t) => {
  const host = createFakeHost();
  host.file('/run/web.pid', '123');
  let verdict: PidFileFact['verdict'] = 'stale';
  const daemon = style(() => ({
    ...absent,
    pidFiles: [{ path: '/run/web.pid', verdict, pid: 123, text: 'gone' }],
  }));
  const world = { host, servers: [web], styles: { supervised: daemon } };
  const { findings, snapshot, workspace } = await about({}, world);
  const fixes = fixesOf([...findings, ...findings]);
  t.deepEqual(
    fixes.map(({ shown }) => shown),
    ['remove /run/web.pid'],
  );
  for (const changed of ['live', 'foreign', 'symlink'] as const) {
    verdict = changed;
    t.deepEqual(await applyFixes(fixes, snapshot, workspace), ['/run/web.pid: left alone, it has changed']);
  }
  t.not(host.files.stat('/run/web.pid'), null);
  verdict = 'stale';
  t.deepEqual(await applyFixes(fixes, snapshot, workspace), ['removed /run/web.pid']);
  t.deepEqual(await applyFixes(fixes, snapshot, workspace), ['/run/web.pid: it was gone already']);
});

test('a failed server is started again by a fix', async (t) => {
  const main = { pid: 4_100_001, start: 1, boot: 'fake-boot/1' };
  const supervised = style(undefined, {
    start: async () => ({ kind: 'ready', main, port, ms: 1, warnings: [] }),
  });
  const world = { servers: [web], records: [ended(web, 'failed', 'x')], styles: { supervised } };
  const { findings, snapshot, workspace } = await about({}, world);
  t.deepEqual(await applyFixes(fixesOf(findings), snapshot, workspace), [
    `web: online on port 8765 (PID ${main.pid}, ready in 1 ms)`,
  ]);
});
