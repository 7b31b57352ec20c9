import test from 'ava';
import { reportInstance } from '../../src/engine/build-report.js';
import { findConflicts } from '../../src/engine/rules/index.js';
import { takeLook } from '../../src/engine/look.js';
import { allInstances, lookAt, takeSnapshot } from '../../src/engine/workspace.js';
import type { Host } from '../../src/host/host.js';
import { createFakeHost } from '../../src/testing/index.js';
import { fixed, recorded, say, server, workspaceOf } from './rig.js';

type Counts = { tables: number; listeners: number; details: number; holders: number };

/** A host that counts what is expensive. */
const counting = (host: Host): { readonly host: Host; readonly counts: Counts } => {
  const counts: Counts = { tables: 0, listeners: 0, details: 0, holders: 0 };
  const processes: Host['processes'] = {
    ...host.processes,
    table: () => {
      counts.tables += 1;
      return host.processes.table();
    },
    details: (pid) => {
      counts.details += 1;
      return host.processes.details(pid);
    },
  };
  const sockets: Host['sockets'] = {
    ...host.sockets,
    listeners: () => {
      counts.listeners += 1;
      const table = host.sockets.listeners();
      const byPort = new Map(table.rows.map(({ port }) => [port, table.holders(port)]));
      return {
        rows: table.rows,
        holders: (port) => {
          counts.holders += 1;
          return byPort.get(port) ?? [];
        },
      };
    },
  };
  return { host: { ...host, processes, sockets }, counts };
};

test('a look takes each part once, at the first question, and none unasked', (t) => {
  const { host, counts } = counting(createFakeHost());
  let units = 0;
  const look = takeLook(
    host,
    '/home',
    () => new Map([[String(++units), undefined as never]]),
    new AbortController().signal,
  );
  t.deepEqual(counts, { tables: 0, listeners: 0, details: 0, holders: 0 });
  t.is(look.processes, look.processes);
  t.is(look.listeners, look.listeners);
  t.is(look.units, look.units);
  t.is(units, 1);
  t.like(counts, { tables: 1, listeners: 1 });
  t.true(Object.isFrozen(look));
});

const status = async (servers: number, up: number): Promise<{ counts: Counts; ms: number }> => {
  const fake = createFakeHost();
  const declared = Array.from({ length: servers }, (_value, index) =>
    server(`web-${index}`, { port: fixed(10_000 + index), host: '127.0.0.1' }),
  );
  const records = declared.slice(0, up).map((one, index) => {
    const main = fake.process({ argv: ['node'], listen: [{ port: 10_000 + index }] });
    return recorded(one, main, 10_000 + index);
  });
  const { host, counts } = counting(fake);
  const workspace = workspaceOf({ host: host as never, servers: declared, records });
  const look = lookAt(workspace);
  void look.processes;
  void look.listeners;
  const began = performance.now();
  const snapshot = await takeSnapshot(workspace, look, allInstances(workspace, look, false));
  const reports = snapshot.observations.map((observation) => reportInstance(observation, look));
  const findings = findConflicts(snapshot, say);
  const ms = performance.now() - began;
  t0(reports.filter(({ state }) => state === 'online').length === up && findings.length === 0);
  return { counts, ms };
};

const t0 = (holds: boolean): void => {
  if (!holds) throw new Error('the status is wrong');
};

test('a status of many servers is one pass over processes and sockets, and reads no process in detail', async (t) => {
  const { counts } = await status(100, 50);
  t.deepEqual(counts, { tables: 1, listeners: 1, details: 0, holders: 100 });
});

test.serial('the cost of the engine grows with the servers, not with their square', async (t) => {
  await status(100, 50);
  const best = async (servers: number): Promise<number> => {
    const runs = [];
    for (let run = 0; run < 5; run++) runs.push((await status(servers, servers / 2)).ms);
    return Math.min(...runs);
  };
  const [small, large] = [await best(200), await best(1_600)];
  t.log(`200 servers: ${small.toFixed(1)} ms, 1600 servers: ${large.toFixed(1)} ms`);
  t.true(large < Math.max(small, 1) * 8 * 6, `${small} ms, then ${large} ms`);
});
