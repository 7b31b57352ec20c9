import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import test from 'ava';
import { tokenFile, writeToken } from '../../src/sdk/token.js';
import { ownIdentity } from '../../src/sdk/own-identity.js';
import { manage } from '../../src/sdk/index.js';
import { json, startManaged, temporaryHome } from './program.js';
import type { TokenFile } from '../../src/sdk/token.js';

const endpoint = { port: 1, host: '127.0.0.1', socket: null, tls: false, path: '/shutdown' };

const read = (home: string, pid: number): TokenFile =>
  JSON.parse(readFileSync(tokenFile(home, pid), 'utf8')) as TokenFile;

test('who can read the token ends the server; nobody else does', async (t) => {
  const home = temporaryHome(t);
  const server = await startManaged(t, 'express', {}, { MPM_IO_HOME: home });
  const { token, port, start, path } = read(home, server.pid);
  t.is(statSync(tokenFile(home, server.pid)).mode & 0o777, 0o600);
  t.is(statSync(`${home}/tokens`).mode & 0o077, 0);
  t.is(port, server.port);
  const stat = readFileSync(`/proc/${server.pid}/stat`, 'utf8');
  t.is(start, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]));

  const post = async (headers: Record<string, string>, method = 'POST'): Promise<number> =>
    (await fetch(`${server.url}${path}`, { method, headers })).status;
  t.is(await post({}), 403);
  t.is(await post({ authorization: 'Bearer wrong' }), 403);
  t.is(await post({ authorization: token }), 403);
  t.is(await post({ authorization: `Bearer ${token}x` }), 403);
  t.is(await post({ authorization: `Bearer ${token}`, origin: server.url }), 403);
  t.is(await post({ authorization: `Bearer ${token}` }, 'GET'), 405);
  t.like(await json(`${server.url}/health`), { status: 'healthy' });

  t.is(await post({ authorization: `Bearer ${token}` }), 202);
  t.deepEqual(await server.exit, { code: 0, signal: null });
  t.false(existsSync(tokenFile(home, server.pid)));
});

test('the token is neither in the environment nor in the arguments', async (t) => {
  const home = temporaryHome(t);
  const server = await startManaged(t, 'http', {}, { MPM_IO_HOME: home });
  const { token } = read(home, server.pid);
  for (const file of ['environ', 'cmdline'])
    t.false(readFileSync(`/proc/${server.pid}/${file}`, 'latin1').includes(token));
});

test('two servers of one process have one token with two endpoints', async (t) => {
  const home = temporaryHome(t);
  const server = await startManaged(t, 'two', {}, { MPM_IO_HOME: home });
  const { endpoints } = read(home, server.pid);
  t.is(endpoints.length, 2);
  t.true(endpoints.some(({ port }) => port === server.port));
});

test('a home that cannot be made: no shutdown, the stats say why, and the path is the application’s', async (t) => {
  const home = temporaryHome(t);
  writeFileSync(`${home}/file`, '');
  const server = await startManaged(t, 'http', {}, { MPM_IO_HOME: `${home}/file/below` });
  t.like(await json(`${server.url}/health`), { status: 'healthy', shutdown: null });
  const { shutdown } = await json(`${server.url}/stats`);
  t.like(shutdown, { offered: false, path: null });
  t.regex((shutdown as { reason: string }).reason, /ENOTDIR|EEXIST/);
  t.is((await fetch(`${server.url}/shutdown`, { method: 'POST' })).status, 404);
});

test('a home that others can write, or that is a link, is refused', (t) => {
  const home = temporaryHome(t);
  mkdirSync(`${home}/open`);
  chmodSync(`${home}/open`, 0o777);
  symlinkSync(home, `${home}/link`);
  t.like(writeToken(`${home}/open`, [endpoint]), {
    kind: 'refused',
    reason: `${home}/open can be written by other users`,
  });
  t.like(writeToken(`${home}/link`, [endpoint]), { kind: 'refused', reason: `${home}/link is not a folder` });
});

test('what a killed server left is swept, what may be somebody’s is kept', (t) => {
  const home = temporaryHome(t);
  mkdirSync(`${home}/tokens`);
  const { boot } = ownIdentity();
  const plant = (name: string, content: object): void =>
    writeFileSync(`${home}/tokens/${name}`, JSON.stringify(content));
  plant('1.json', { pid: 1, start: -5, boot });
  plant('2.json', { pid: 2, start: 1, boot: 'another/boot' });
  writeFileSync(`${home}/tokens/3.json`, 'half');
  const token = writeToken(home, [endpoint]);
  t.is(token.kind, 'written');
  t.false(existsSync(`${home}/tokens/1.json`));
  t.true(existsSync(`${home}/tokens/2.json`));
  t.true(existsSync(`${home}/tokens/3.json`));
});

test('shutdown can be turned off, and what was managed can be released', async (t) => {
  const home = temporaryHome(t);
  const server = createServer((_, response) => response.end('app'));
  t.teardown(() => server.close());
  const managed = manage(server, { home, paths: { shutdown: null } });
  t.throws(() => manage(server), { instanceOf: TypeError });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  t.like(await json(`${url}/stats`), { shutdown: { offered: false, reason: 'turned off' } });
  t.false(existsSync(`${home}/tokens`));
  managed.release();
  t.is(await (await fetch(`${url}/health`)).text(), 'app');
  t.is(process.listenerCount('SIGHUP'), 0);
});
