import test from 'ava';
import { assess } from '../../src/engine/assess.js';
import { diagnose } from '../../src/engine/diagnose.js';
import { halt } from '../../src/units/halt.js';
import { Operator } from '../../src/engine/operate.js';
import { pick, pickByName } from '../../src/engine/pick.js';
import { planStart, planStop } from '../../src/engine/plan.js';
import { allInstances, elsewhere, lookAt, takeSnapshot } from '../../src/engine/workspace.js';
import type { Look } from '../../src/plugin/contract.js';
import { createFakeHost } from '../../src/testing/index.js';
import {
  fixed,
  only,
  recorded,
  recordOnly,
  running,
  say,
  server,
  stopped,
  style,
  tcp,
  witness,
  workspaceOf,
} from './rig.js';

const theirs = '/srv/other/ecosystem.json';
const port = 8765;

/** This project and another both declare `web` on one port; theirs is recorded and runs. */
const twoProjects = () => {
  const host = createFakeHost();
  const main = host.process({ argv: ['node', 'web.js'], listen: [{ port }] });
  const asked: Look[] = [];
  const stops: string[] = [];
  const web = server('web', { port: fixed(port) });
  const view = recorded(server('web', { port: fixed(port), declaredIn: theirs }), main, port);
  const supervised = style(
    (instance, look) => {
      asked.push(look);
      return recordOnly(instance, look);
    },
    { unit: undefined as never },
  );
  const workspace = workspaceOf({
    host,
    servers: [web],
    records: [view],
    styles: { supervised },
    units: {
      stop: async (key) => {
        stops.push(key);
        return stopped('stopped');
      },
    },
  });
  return { host, main, workspace, asked, stops, view };
};

test('the record of another file with an equal key is neither seen as this server nor shown to its style', async (t) => {
  const { workspace, asked } = twoProjects();
  const look = lookAt(workspace);
  const snapshot = await takeSnapshot(workspace, look, allInstances(workspace, look, false));
  const observation = only(snapshot.observations);
  t.is(observation.view, null);
  t.is(observation.instance.record, null);
  t.is(assess(observation).is, 'stopped');
  t.deepEqual(
    asked.map((one) => one.units.size),
    [0],
  );
  t.is(look.units.size, 1);
});

test('it is told as the holder of the port, with its file, and refuses a start', async (t) => {
  const { workspace, main } = twoProjects();
  const look = lookAt(workspace);
  const { observations, foreign } = await takeSnapshot(workspace, look, allInstances(workspace, look, false));
  const step = planStart(only(observations), say, true);
  t.is(step.action, 'refuse');
  t.regex(
    step.action === 'refuse' ? step.message : '',
    new RegExp(`Port 8765 of web is held by PID ${main.pid} .*which is web`),
  );
  t.is(only(foreign).unit, 'default/web:0');
});

test('stopping this one touches nothing of theirs', async (t) => {
  const { workspace, host, stops } = twoProjects();
  const look = lookAt(workspace);
  const { observations } = await takeSnapshot(workspace, look, allInstances(workspace, look, false));
  const step = planStop(only(observations), say, { pointed: false, force: true });
  const operator = new Operator(workspace, look, (target, stop) => halt(host, target, stop), {
    envName: null,
    updateEnv: false,
    noWait: false,
    force: true,
    on: () => undefined,
  });
  const report = only(await operator.stop([step]));
  t.like(report, { outcome: 'unchanged', message: 'is not running' });
  t.deepEqual(stops, []);
  t.deepEqual(host.signals, []);
});

test('side by side, each of the two is answered by its own record', async (t) => {
  const { workspace, asked, main } = twoProjects();
  const look = lookAt(workspace);
  const { observations } = await takeSnapshot(workspace, look, allInstances(workspace, look, true));
  t.deepEqual(
    observations.map((observation) => [observation.instance.server.declaredIn, assess(observation).is]),
    [
      ['/srv/app/ecosystem.json', 'stopped'],
      [theirs, 'running'],
    ],
  );
  t.deepEqual(
    asked.map((one) => one.units.size),
    [0, 1],
  );
  t.is(observations[1]?.seen[0]?.main, main);
});

test('a style that sees their server on the port by itself is not believed', async (t) => {
  const { host, view, main } = twoProjects();
  const web = server('web', { style: 'http', port: fixed(port) });
  const other = server('shop', { style: 'http', port: fixed(port) });
  const workspace = workspaceOf({
    host,
    servers: [web, other],
    records: [view],
    styles: { http: style(() => running(witness(main, { endpoints: [tcp(port)] }))) },
  });
  const look = lookAt(workspace);
  const { observations } = await takeSnapshot(workspace, look, allInstances(workspace, look, false));
  for (const observation of observations) {
    t.is(assess(observation).is, 'stopped');
    t.is(observation.ports[0]?.holders[0]?.explained, false);
    const [told] = observation.detection.seen === 'absent' ? observation.detection.evidence : [];
    t.regex(told?.text ?? '', /is recorded as web of \/srv\/other\/ecosystem\.json: another server/);
  }
});

test('a name means this file; their port and PID lead to theirs', async (t) => {
  const { workspace, main } = twoProjects();
  const request = {
    words: ['web'],
    namespace: null,
    style: null,
    only: [],
    port: null,
    pid: null,
    everywhere: false,
  };
  const look = lookAt(workspace);
  t.is(only(pickByName(workspace, look, request)).instance.server.declaredIn, '/srv/app/ecosystem.json');
  for (const by of [{ pid: main.pid }, { port }]) {
    const picked = await pick(workspace, lookAt(workspace), { ...request, words: [], ...by });
    t.is(only(picked.observations).instance.server.declaredIn, theirs);
  }
  t.is(only(elsewhere(look, workspace.ecosystem.file)).instance.server.declaredIn, theirs);
});

test('diagnose of this one tells what disagrees about it, not what theirs is', async (t) => {
  const { workspace } = twoProjects();
  const look = lookAt(workspace);
  const all = allInstances(workspace, look, true);
  const [mine, other] = all;
  const subject = { server: 'web', port: null, pid: null };
  const here = await diagnose(workspace, look, { all, named: mine === undefined ? [] : [mine], subject });
  t.deepEqual(
    here.report.findings.map(({ rule }) => rule),
    ['foreign-listener'],
  );
  const there = await diagnose(workspace, look, { all, named: other === undefined ? [] : [other], subject });
  t.deepEqual(there.report.findings, []);
});
