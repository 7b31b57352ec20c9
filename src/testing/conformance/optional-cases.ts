import assert from 'node:assert/strict';
import type { UnitSpec } from '../../model/unit.js';
import type { Plugin } from '../../plugin/contract.js';
import { hangingHost } from './blind.js';
import { expectDetection, expectDiscovery, expectNothing, expectPlain, within } from './expect.js';
import { createRig, instanceFor, type ConformanceCase, type ConformanceFixture } from './rig.js';

export const optionalCases = (plugin: Plugin, fixture: ConformanceFixture): readonly ConformanceCase[] => [
  {
    name: 'info tells lines for people and changes nothing',
    run: async () => {
      const rig = createRig(plugin, fixture);
      rig.makePresent();
      const detection = expectDetection(await rig.detect());
      assert.ok(detection.seen === 'running');
      rig.changes.forget();
      const lines = await rig.style.info(rig.instance, detection.sightings[0], rig.context());
      for (const { label, value } of lines)
        assert.ok(
          typeof label === 'string' && label !== '' && typeof value === 'string',
          JSON.stringify(lines),
        );
      expectNothing(rig.changes.outside(), 'info');
    },
  },
  {
    name: 'unit is pure, plain JSON, and keyed by the instance',
    run: async () => {
      const { style } = createRig(plugin, fixture);
      if (style.unit === undefined) return;
      for (const name of ['web', 'two words', '\u001b[31m', 'ü/../x']) {
        const { server, key } = instanceFor(plugin, fixture, { name, key: `default/${name}` }, 1);
        const first: UnitSpec = style.unit(server, 1);
        const second: UnitSpec = style.unit(server, 1);
        assert.deepEqual(first, second, 'unit gives two answers to one question');
        expectPlain(first, 'unit');
        assert.equal(first.key, key);
        assert.equal(first.style, plugin.name);
      }
    },
  },
  {
    name: 'recognize knows its own process or says null, and claims no stranger',
    run: async () => {
      const rig = createRig(plugin, fixture);
      const { main } = rig.makePresent();
      const stranger = rig.host.process({ pid: 4_190_000, argv: ['stranger'] });
      rig.changes.forget();
      const { look } = rig.context();
      for (const pid of [main?.pid, stranger.pid]) {
        const row = pid === undefined ? undefined : look.processes.rows.get(pid);
        if (row === undefined || rig.style.recognize === undefined) continue;
        const found = await rig.style.recognize(row, look);
        if (found === null) continue;
        expectDiscovery(found);
        assert.notEqual(pid, stranger.pid, 'a process of nobody was recognised');
        assert.equal(found.sighting.main?.pid ?? pid, pid, 'it answered for another process');
      }
      expectNothing(rig.changes.outside(), 'recognize');
    },
  },
  {
    name: 'discover lists servers with evidence, and changes nothing',
    run: async () => {
      const rig = createRig(plugin, fixture);
      rig.makePresent();
      rig.changes.forget();
      const found = (await rig.style.discover?.(rig.context().look)) ?? [];
      found.forEach(expectDiscovery);
      expectNothing(rig.changes.outside(), 'discover');
    },
  },
  {
    name: 'recognize, discover and info end when their signal fires',
    run: async () => {
      const sighted = createRig(plugin, fixture);
      sighted.makePresent();
      const detection = expectDetection(await sighted.detect());
      assert.ok(detection.seen === 'running');
      const rig = createRig(plugin, fixture, hangingHost);
      const { main } = rig.makePresent();
      const abort = new AbortController();
      const context = rig.context(abort.signal);
      const row = main === null ? undefined : context.look.processes.rows.get(main.pid);
      const all = Promise.allSettled([
        row === undefined ? null : rig.style.recognize?.(row, context.look),
        rig.style.discover?.(context.look),
        rig.style.info(rig.instance, detection.sightings[0], context),
      ]);
      setTimeout(() => abort.abort(), 20);
      await within(all, 1500, 'recognize, discover and info');
    },
  },
];
