import test from 'ava';
import daemonManaged from '../../plugins/daemon-managed/index.js';
import httpManaged from '../../plugins/http-managed/index.js';
import supervised from '../../plugins/supervised/index.js';
import { conformanceCases, type ConformanceFixture } from '../../src/testing/index.js';

const pid = 4_100_001;
const argv = ['node', '/srv/app/server.js'];

const recorded: ConformanceFixture = {
  server: { port: { kind: 'fixed', port: 8080, spread: true } },
  present: (host) => ({ main: host.process({ pid, argv, listen: [{ port: 8080 }] }), recorded: true }),
  absent: (host) => host.kill(pid),
};

const answering: ConformanceFixture = {
  server: { port: { kind: 'fixed', port: 8080, spread: true }, options: { id: 'blue' } },
  present: (host) => {
    const body = { status: 'healthy', server_id: 'blue', pid, uptime_seconds: 2, server_version: '1.0.0' };
    host.answer('http://127.0.0.1:8080/health', { body });
    host.answer('http://127.0.0.1:8080/stats', { body: { events: { total_processed: 3 } } });
    return { main: host.process({ pid, argv: ['python3', '-m', 'server'], listen: [{ port: 8080 }] }) };
  },
  absent: (host) => host.kill(pid),
};

const answeringRecorded: ConformanceFixture = {
  ...answering,
  present: (host, instance) => ({ ...answering.present(host, instance), recorded: true }),
};

const inFile: ConformanceFixture = {
  server: { pidFile: ['/run/user/1000/app.pid'] },
  present: (host) => {
    const main = host.process({ pid, argv });
    host.file('/run/user/1000/app.pid', `${pid}\n`);
    return { main };
  },
  absent: (host) => {
    host.kill(pid);
    host.files.remove('/run/user/1000/app.pid');
  },
};

for (const [title, plugin, fixture] of [
  ['by record', supervised, recorded],
  ['by health', httpManaged, answering],
  ['by health and record', httpManaged, answeringRecorded],
  ['by PID file', daemonManaged, inFile],
] as const) {
  for (const { name, run } of conformanceCases(plugin, fixture)) {
    test(`${title}: ${name}`, async (t) => {
      await t.notThrowsAsync(run);
    });
  }
}
