import assert from 'node:assert/strict';
import type { Plugin } from '../../plugin/contract.js';
import { createLook } from '../fake-look.js';
import { blindHost, blindLook, hangingHost } from './blind.js';
import { expectDetection, expectNothing, within } from './expect.js';
import { createRig, instanceFor, type ConformanceCase, type ConformanceFixture } from './rig.js';

const hostileNames = [
  'two words',
  'süß/ü',
  '../../etc/passwd',
  '\u001b[31mred',
  '-rf',
  'a:b',
  '$(id)',
  '%00',
];

/** How long a style may take to end once its signal has fired. */
const graceMs = 1500;

export const lookingCases = (plugin: Plugin, fixture: ConformanceFixture): readonly ConformanceCase[] => [
  {
    name: 'detect sees a running server, with evidence',
    run: async () => {
      const rig = createRig(plugin, fixture);
      const { main } = rig.makePresent();
      const detection = expectDetection(await rig.detect());
      assert.equal(detection.seen, 'running', JSON.stringify(detection));
      if (detection.seen !== 'running' || main === null) return;
      const seen = detection.sightings.map((sighting) => sighting.main);
      assert.ok(
        seen.some((found) => found !== null && found.pid === main.pid && found.start === main.start),
        `no sighting has the main process ${JSON.stringify(main)}: ${JSON.stringify(seen)}`,
      );
    },
  },
  {
    name: 'detect says absent, with evidence, of a server that does not run',
    run: async () => {
      const rig = createRig(plugin, fixture);
      rig.makeAbsent();
      assert.equal(expectDetection(await rig.detect()).seen, 'absent');
    },
  },
  {
    name: 'detect says absent of a server that has ended',
    run: async () => {
      const rig = createRig(plugin, fixture);
      rig.makePresent();
      rig.makeAbsent();
      assert.equal(expectDetection(await rig.detect()).seen, 'absent');
    },
  },
  {
    name: 'detect answers every instance it is given, whatever its name, and nothing for none',
    run: async () => {
      const rig = createRig(plugin, fixture);
      const names = ['one', 'two', ...hostileNames];
      const instances = names.map((name) => instanceFor(plugin, fixture, { name, key: `default/${name}` }));
      const look = createLook(rig.host);
      const detections = await rig.style.detect(Object.freeze(instances), look);
      for (const { key } of instances) expectDetection(detections.get(key));
      assert.equal(
        detections.size,
        new Set(instances.map(({ key }) => key)).size,
        'it answers what was not asked',
      );
      assert.equal((await rig.style.detect([], look)).size, 0);
    },
  },
  {
    name: 'detect changes nothing',
    run: async () => {
      const rig = createRig(plugin, fixture);
      rig.makePresent();
      rig.changes.forget();
      await rig.detect();
      rig.makeAbsent();
      rig.changes.forget();
      await rig.detect();
      expectNothing(rig.changes.outside(), 'detect');
    },
  },
  {
    name: 'detect gives the same answer to the same question',
    run: async () => {
      const rig = createRig(plugin, fixture);
      rig.makePresent();
      const look = rig.context().look;
      const answers = [
        await rig.style.detect([rig.instance], look),
        await rig.style.detect([rig.instance], look),
      ];
      assert.deepEqual(answers[0]?.get(rig.instance.key), answers[1]?.get(rig.instance.key));
    },
  },
  {
    name: 'detect never says absent when it cannot look',
    run: async () => {
      const rig = createRig(plugin, fixture, blindHost);
      rig.makePresent();
      const half = expectDetection(await rig.detect());
      assert.notEqual(half.seen, 'absent', 'the host was blind');
      const blind = await rig.style.detect([rig.instance], blindLook());
      assert.equal(
        expectDetection(blind.get(rig.instance.key)).seen,
        'unavailable',
        'host and look were blind',
      );
    },
  },
  {
    name: 'detect ends when its signal fires, and does not say absent of what it has not seen',
    run: async () => {
      const rig = createRig(plugin, fixture, hangingHost);
      rig.makePresent();
      const abort = new AbortController();
      const asked = rig.detect(abort.signal);
      setTimeout(() => abort.abort(), 20);
      assert.notEqual(expectDetection(await within(asked, graceMs, 'detect')).seen, 'absent');
      const before = await within(rig.detect(AbortSignal.abort()), graceMs, 'detect');
      assert.notEqual(expectDetection(before).seen, 'absent');
    },
  },
];
