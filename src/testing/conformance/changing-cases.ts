import assert from 'node:assert/strict';
import type { Sighting } from '../../model/sighting.js';
import type { Plugin } from '../../plugin/contract.js';
import { expectDetection, expectNothing, expectPlain } from './expect.js';
import { createRig, type ConformanceCase, type ConformanceFixture, type Rig } from './rig.js';

export const changingCases = (plugin: Plugin, fixture: ConformanceFixture): readonly ConformanceCase[] => [
  {
    name: 'start of a running server succeeds and changes nothing',
    run: async () => {
      const rig = createRig(plugin, fixture);
      const { main } = rig.makePresent();
      rig.changes.forget();
      const outcome = await rig.style.start(rig.instance, rig.context());
      assert.equal(outcome.kind, 'running', JSON.stringify(outcome));
      if (outcome.kind === 'running' && main !== null) assert.deepEqual(outcome.main, main);
      expectNothing(rig.changes.all(), 'start of a running server');
    },
  },
  {
    name: 'start brings up a server that does not run',
    run: async () => {
      const rig = createRig(plugin, fixture);
      rig.makeAbsent();
      const context = rig.context();
      const outcome = await rig.style.start(rig.instance, context);
      assert.ok(['ready', 'spawned', 'done', 'running'].includes(outcome.kind), JSON.stringify(outcome));
      for (const spec of context.started) expectPlain(spec, 'the unit handed to context.units.start');
      assert.ok(context.started.length > 0 || rig.changes.all().length > 0, 'start did nothing at all');
    },
  },
  {
    name: 'stop ends a running server',
    run: async () => {
      const rig = createRig(plugin, fixture);
      const { main } = rig.makePresent();
      const sighting = await firstSighting(rig);
      const outcome = await rig.style.stop(rig.instance, sighting, rig.context());
      assert.equal(outcome.kind, 'stopped', JSON.stringify(outcome));
      if (main !== null) assert.equal(rig.host.processes.identify(main.pid), null, 'its process still runs');
    },
  },
  {
    name: 'stop of a server that has ended succeeds and signals nothing',
    run: async () => {
      const rig = createRig(plugin, fixture);
      rig.makePresent();
      const sighting = await firstSighting(rig);
      rig.makeAbsent();
      rig.changes.forget();
      const outcome = await rig.style.stop(rig.instance, sighting, rig.context());
      assert.ok(['not-running', 'stopped'].includes(outcome.kind), JSON.stringify(outcome));
      expectNothing(rig.changes.outside(), 'stop of an ended server');
    },
  },
  {
    name: 'stop never signals another process that has the PID by now',
    run: async () => {
      for (const lateLook of [false, true]) {
        const rig = createRig(plugin, fixture);
        rig.makePresent();
        const sighting = await firstSighting(rig);
        if (sighting.main === null) return;
        const early = rig.context();
        void [early.look.processes, early.look.listeners];
        rig.makeAbsent();
        rig.host.process({ pid: sighting.main.pid, argv: ['bystander'] });
        rig.changes.forget();
        const outcome = await rig.style.stop(rig.instance, sighting, lateLook ? rig.context() : early);
        assert.ok(['refused', 'not-running'].includes(outcome.kind), JSON.stringify(outcome));
        expectNothing(rig.changes.outside(), 'stop of a reused PID');
      }
    },
  },
];

/** What the engine would hand to stop: the owner's word, else the first. */
const firstSighting = async (rig: Rig): Promise<Sighting> => {
  const detection = expectDetection(await rig.detect());
  assert.ok(detection.seen === 'running', `the fixture's server is ${detection.seen}`);
  return detection.sightings.find(({ role }) => role === 'owner') ?? detection.sightings[0];
};
