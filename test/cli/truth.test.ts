import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ava from 'ava';
import { accepts, eventually, findingOf, freePort, isAlive, project, root, server } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

const sick = `import { createServer } from 'node:http';
let status = 200;
process.on('SIGUSR2', () => { status = 503; });
createServer((_request, response) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: status === 200 ? 'healthy' : 'unhealthy', reasons: ['db: gone'] }));
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

for (const style of ['http-managed', 'supervised']) {
  test(`${style}: what answers and is not well is trouble, with its reason`, async (t) => {
    const port = await freePort();
    const { mpm, file, server: statusOf, folder } = project(t, []);
    file('sick.mjs', sick);
    file('ecosystem.json', {
      servers: [
        { name: 'web', style, script: 'sick.mjs', port, host: '127.0.0.1', health: { http: '/health' } },
      ],
    });
    t.truthy(folder);
    t.is((await mpm('start', 'web')).code, 0);
    t.is((await mpm('health', 'web')).code, 0);
    const { pid } = await statusOf('web');
    process.kill(pid, 'SIGUSR2');
    const status = await mpm('status', '--json');
    t.is(status.code, 3);
    t.is(status.json.servers[0].ready, false);
    t.regex(findingOf(status.json, 'unhealthy').message, /503/);
    t.is((await mpm('health', 'web')).code, 3);
    t.is((await mpm('diagnose', 'web')).code, 3);
    t.is((await mpm('wait', 'web', '--timeout', '500ms')).code, 1);
  });
}

test('what nobody has seen ready is not online, and a wait for it is one', async (t) => {
  const port = await freePort();
  const { mpm, server: statusOf } = project(t, [
    { name: 'never', command: ['sleep', '1000'], ready: { exec: 'false' } },
    { name: 'deaf', command: ['sleep', '1000'], port },
    { name: 'web', script: server, port: await freePort() },
  ]);
  t.is((await mpm('start', 'all', '--no-wait')).code, 0);
  t.is((await mpm('wait', 'web', '--timeout', '20s')).code, 0);
  for (const name of ['never', 'deaf']) {
    t.like(await statusOf(name), { state: 'starting', ready: false });
    t.is((await mpm('wait', name, '--timeout', '300ms')).code, 1, name);
  }
});

test('info tells what a server that mpm-io started says of itself, and stop asks it first', async (t) => {
  const port = await freePort();
  const script = join(root, 'examples/chat/server.mjs');
  const { mpm } = project(t, [
    { name: 'chat', style: 'http-managed', script, port, host: '127.0.0.1', health: { http: '/health' } },
  ]);
  t.is((await mpm('start', 'chat')).code, 0);
  const { stdout } = await mpm('info', 'chat');
  t.regex(stdout, /event loop|connections|heap/i);
  const stopped = await mpm('stop', 'chat');
  t.is(stopped.code, 0, stopped.text);
  t.regex(stopped.text, /stopping by http/);
});

test('a start that fails leaves no PID file of ours behind', async (t) => {
  const { mpm, folder } = project(t, [
    {
      name: 'd',
      style: 'daemon-managed',
      command: ['/bin/sh', '-c', 'sleep 0.2; exit 3'],
      pidFile: './d.pid',
      ready: { delay: '10s' },
    },
  ]);
  t.is((await mpm('start', 'd')).code, 1);
  t.false(existsSync(join(folder, 'd.pid')));
});

test('a server that nobody declared and that gives a wrong PID: status and diagnose tell the same', async (t) => {
  const port = await freePort();
  const { mpm, run, file } = project(t, []);
  const bystander = run('sleep', '1000').pid;
  const liar = file(
    'liar.mjs',
    `import { createServer } from 'node:http';
createServer((_q, r) => r.end(JSON.stringify({ status: 'healthy', server_id: 'x', pid: ${bystander} }))).listen(${port}, '127.0.0.1');
`,
  );
  run(process.execPath, liar);
  await eventually(() => accepts(port), 'the server');
  for (const verb of ['status', 'diagnose']) {
    const { code, json } = await mpm(verb, '--port', String(port), '--json');
    t.is(code, 3, verb);
    t.regex(findingOf(json, 'pid-disagrees').message, new RegExp(String(bystander)));
  }
});

test('a program of the same name in another folder is not the server, and is not signalled', async (t) => {
  const port = await freePort();
  const { mpm, shell, file } = project(t, []);
  const plain = `require('node:http').createServer((_q, r) => r.end('{"status":"healthy"}')).listen(Number(process.env.PORT ?? ${port}), '127.0.0.1');\n`;
  file('mine/server.cjs', plain);
  file('other/server.cjs', plain);
  file('ecosystem.json', {
    servers: [
      {
        name: 'd',
        style: 'http-managed',
        command: ['node', 'server.cjs'],
        cwd: './mine',
        port,
        host: '127.0.0.1',
      },
    ],
  });
  const started = await shell('cd other && (node server.cjs >/dev/null 2>&1 & echo $!)');
  const pid = Number(started.stdout);
  await eventually(() => accepts(port), 'the other project');
  t.is((await mpm('start', 'd')).code, 1);
  t.is((await mpm('stop', 'd')).code, 1);
  t.is((await mpm('restart', 'd')).code, 1);
  t.true(isAlive(pid));
});
