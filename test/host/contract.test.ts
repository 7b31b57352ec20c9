import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Host } from '../../src/host/host.js';
import { createHost } from '../../src/host/index.js';
import { findAlive, identityOf } from '../../src/model/process.js';
import { createFakeHost } from '../../src/testing/fake-host.js';
import { endGroup, temporaryFolder } from './rig.js';

/** One system to be held to what `Host` promises: the real one and the fake answer alike. */
type Subject = {
  readonly host: Host;
  readonly folder: string;
  /** An HTTP server at 127.0.0.1 that answers `/health` with 200 and `{"ok":true}` and everything else never. */
  readonly serve: () => Promise<number>;
};

const realSubject = async (t: ExecutionContext): Promise<Subject> => ({
  host: createHost(),
  folder: temporaryFolder(t),
  serve: async () => {
    const server = createServer((request, response) => {
      if (request.url === '/health') response.end('{"ok":true}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => (server.closeAllConnections(), server.close()));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  },
});

const fakeSubject = async (): Promise<Subject> => {
  const host = createFakeHost();
  host.program('echo', (argv) => ({ stdout: `${argv.slice(1).join(' ')}\n` }));
  host.program('sleep', 'hang');
  host.spawning(({ argv }) => (argv[0] === 'missing-program' ? { code: 'ENOENT', text: 'missing' } : {}));
  return {
    host,
    folder: '/work',
    serve: async () => {
      const { pid } = host.process({ argv: ['node'], listen: [{ port: 8123 }] });
      host.answer('http://127.0.0.1:8123/health', { body: { ok: true } });
      host.answer('http://127.0.0.1:8123/silent', 'hang');
      return pid > 0 ? 8123 : 0;
    },
  };
};

const spawnSleep = async (t: ExecutionContext, { host, folder }: Subject, mark = 'x') => {
  const env = { PATH: '/usr/bin:/bin', MARK: mark };
  const outputs = [join(folder, 'out'), null];
  const request = { argv: ['sleep', '60'], cwd: '/', env, outputs, input: null };
  const result = await host.spawnDetached(request);
  if (result.kind === 'failed') throw new Error(result.text);
  if (!('ownPid' in host)) t.teardown(() => endGroup(result.pid));
  const identity = host.processes.identify(result.pid);
  if (identity === null) throw new Error('It has ended.');
  return identity;
};

const soon = async (t: ExecutionContext, host: Host, ask: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    if (ask()) return;
    await host.clock.sleep(20);
  }
  t.fail('It did not come true.');
};

const subjects = [
  ['real', realSubject],
  ['fake', fakeSubject],
] as const;

for (const [name, subjectOf] of subjects) {
  test(`${name}: what is spawned is in the table, leads a session and is told by its identity`, async (t) => {
    const subject = await subjectOf(t);
    const { host } = subject;
    const mark = `contract-${process.pid}-${Date.now()}`;
    const identity = await spawnSleep(t, subject, mark);
    const table = host.processes.table();
    const row = findAlive(table, identity);
    t.deepEqual(row && identityOf(table, row), identity);
    t.is(row?.session, identity.pid);
    await soon(t, host, () => host.processes.withEnvironment('MARK', mark).includes(identity.pid));
    t.like(host.processes.details(identity.pid), { argv: ['sleep', '60'], cwd: '/', uid: host.user.uid });
    t.is(host.processes.details(identity.pid)?.environment?.['MARK'], mark);
    t.is(host.files.stat(join(subject.folder, 'out'))?.mode, 0o600);
    t.true(host.processes.children(row?.ppid ?? 0).includes(identity.pid));
  });

  test(`${name}: signals reach only the very process`, async (t) => {
    const subject = await subjectOf(t);
    const { processes } = subject.host;
    const identity = await spawnSleep(t, subject);
    t.is(processes.signal({ ...identity, start: identity.start + 1 }, 'SIGKILL'), 'gone');
    t.is(processes.signal({ ...identity, boot: 'other/1' }, 'SIGKILL'), 'gone');
    t.is(processes.signal({ ...identity, pid: 1 }, 'SIGKILL'), 'denied');
    t.is(processes.signal({ ...identity, pid: -identity.pid }, 'SIGKILL'), 'denied');
    t.throws(() => processes.signal(identity, 'SIGNONSENSE'));
    t.is(processes.signal(identity, 'SIGSTOP'), 'sent');
    await soon(t, subject.host, () => processes.row(identity.pid)?.state === 'T');
    t.is(processes.signal(identity, 'SIGTERM'), 'sent');
    t.not(processes.identify(identity.pid), null, 'a stopped process takes SIGTERM when it is continued');
    t.is(processes.signal(identity, 'SIGCONT'), 'sent');
    await soon(t, subject.host, () => processes.identify(identity.pid) === null);
    t.is(processes.signal(identity, 'SIGTERM'), 'gone');
  });

  test(`${name}: a spawn that fails is a value`, async (t) => {
    const { host } = await subjectOf(t);
    const request = { argv: ['missing-program'], cwd: '/', env: {}, outputs: [], input: null };
    t.like(await host.spawnDetached(request), { kind: 'failed', code: 'ENOENT' });
  });

  test(`${name}: a listener is seen, held, bound and connected to`, async (t) => {
    const { host, serve } = await subjectOf(t);
    const port = await serve();
    const [holder, ...others] = host.sockets.listeners().holders(port);
    t.like(holder, { family: 4, address: '127.0.0.1', port, uid: host.user.uid });
    t.is(holder?.pids.length, 1);
    t.deepEqual(others, []);
    const answers = ['127.0.0.1', '0.0.0.0', '::', 'localhost', null, '::1', '127.0.0.2'];
    const bound = await Promise.all(answers.map((address) => host.sockets.bindable(port, address)));
    t.deepEqual(bound, ['taken', 'taken', 'taken', 'taken', 'taken', 'free', 'free']);
    t.is(await host.sockets.connect({ port, host: 'localhost' }, 2000), 'open');
    t.is(await host.sockets.connect({ port, host: '::1' }, 2000), 'refused');
    t.is(await host.sockets.connect({ path: '/nothing/here' }, 2000), 'refused');
  });

  test(`${name}: answers over HTTP`, async (t) => {
    const { host, serve } = await subjectOf(t);
    const port = await serve();
    const ask = (url: string, maxBytes = 100, signal = new AbortController().signal, timeout = 5_000) =>
      host.http.request({ method: 'GET', url, timeout, maxBytes, signal });
    const url = `http://127.0.0.1:${port}/health`;
    t.like(await ask(url), { kind: 'answer', status: 200, body: '{"ok":true}' });
    t.like(await ask(url, 3), { kind: 'none', why: 'too-large' });
    t.like(await ask(`http://127.0.0.1:${port}/silent`, 100, undefined, 300), {
      kind: 'none',
      why: 'timeout',
    });
    t.like(await ask('http://127.0.0.1:1/'), { kind: 'none', why: 'refused' });
    t.like(await ask('file:///etc/passwd'), { kind: 'none', why: 'malformed' });
    t.like(await ask(url, 100, AbortSignal.abort()), { kind: 'none', why: 'aborted' });
  });

  test(`${name}: files`, async (t) => {
    const { host, folder } = await subjectOf(t);
    const path = join(folder, 'a', 'file');
    t.deepEqual(host.files.readPlain(path, 10), { kind: 'missing' });
    t.is(host.files.readText(path), null);
    t.deepEqual(host.files.list(folder), []);
    host.files.writeAtomic(path, 'text');
    t.like(host.files.readPlain(path, 10), { kind: 'text', text: 'text', uid: host.user.uid, mode: 0o600 });
    t.like(host.files.readPlain(path, 3), { kind: 'refused', why: 'too-large' });
    t.like(host.files.readPlain(join(folder, 'a'), 10), { kind: 'refused', why: 'not-a-file' });
    t.like(host.files.stat(path), { kind: 'file', size: 4, mode: 0o600 });
    t.is(host.files.stat(join(folder, 'a'))?.kind, 'folder');
    t.deepEqual(host.files.list(join(folder, 'a')), ['file']);
    t.false(host.files.writableByOthers(path));
    t.true(host.files.remove(path));
    t.false(host.files.remove(path));
    host.files.makeFolder(join(folder, 'b', 'c'));
    t.is(host.files.stat(join(folder, 'b', 'c'))?.mode, 0o700);
  });

  test(`${name}: programs run to their end`, async (t) => {
    const { host } = await subjectOf(t);
    const echoed = await host.run({ argv: ['echo', 'a', 'b'] }, { timeout: 5000 });
    t.deepEqual(echoed, { kind: 'exited', code: 0, stdout: 'a b\n', stderr: '' });
    t.like(await host.run({ argv: ['no-such-program'] }, { timeout: 5000 }), { kind: 'missing' });
    t.like(await host.run({ argv: ['sleep', '60'] }, { timeout: 50 }), { kind: 'killed', timedOut: true });
  });

  test(`${name}: a sleep ends at its time, or at once when given up`, async (t) => {
    const { clock } = (await subjectOf(t)).host;
    const began = clock.monotonic();
    await clock.sleep(30);
    t.true(clock.monotonic() - began >= 29);
    const controller = new AbortController();
    const slept = clock.sleep(1_000_000_000_000, controller.signal);
    controller.abort();
    await slept;
    await clock.sleep(1_000_000, controller.signal);
    t.true(clock.monotonic() - began < 5000);
  });
}
