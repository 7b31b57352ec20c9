import assert from 'node:assert/strict';
import { apiVersion, type Plugin } from '../../plugin/contract.js';
import { createRig, type ConformanceCase, type ConformanceFixture } from './rig.js';

const required = ['detect', 'start', 'stop', 'info'] as const;
const optional = ['recognize', 'discover', 'unit'] as const;

/** What stands in the default export. */
export const shapeCases = (plugin: Plugin, fixture: ConformanceFixture): readonly ConformanceCase[] => [
  {
    name: 'has a name, the version of the contract and a way to count instances',
    run: async () => {
      assert.match(plugin.name, /^[a-z][a-z0-9-]*$/, 'the name is lower case, with dashes');
      assert.equal(plugin.apiVersion, apiVersion);
      assert.ok(['many', 'one', 'own'].includes(plugin.instances), 'instances is many, one or own');
    },
  },
  {
    name: 'has the required hooks, and the optional ones are functions',
    run: async () => {
      const { style } = createRig(plugin, fixture);
      for (const hook of required) assert.equal(typeof style[hook], 'function', `${hook} is missing`);
      for (const hook of optional)
        assert.ok(['function', 'undefined'].includes(typeof style[hook]), `${hook} is no function`);
    },
  },
  {
    name: 'accepts the options of the fixture, and refuses what is no object',
    run: async () => {
      if (plugin.serverOptions === undefined) return;
      const { validate } = plugin.serverOptions['~standard'];
      const fine = await validate(fixture.server.options ?? {});
      assert.equal(fine.issues, undefined, 'the options of the fixture are refused');
      const wrong = await validate('text');
      assert.ok(wrong.issues !== undefined && wrong.issues.length > 0, 'a text is taken for options');
    },
  },
];
