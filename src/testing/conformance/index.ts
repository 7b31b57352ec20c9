import type { Plugin } from '../../plugin/contract.js';
import { changingCases } from './changing-cases.js';
import { lookingCases } from './looking-cases.js';
import { optionalCases } from './optional-cases.js';
import type { ConformanceCase, ConformanceFixture } from './rig.js';
import { shapeCases } from './shape-cases.js';

/**
 * What every style has to keep, one case each. Give them to any test runner:
 *
 *     for (const { name, run } of conformanceCases(plugin, fixture)) test(name, () => run());
 *
 * A case that is broken rejects with a sentence that says what was promised and what was seen.
 */
export const conformanceCases = (plugin: Plugin, fixture: ConformanceFixture): readonly ConformanceCase[] =>
  [
    ...shapeCases(plugin, fixture),
    ...lookingCases(plugin, fixture),
    ...changingCases(plugin, fixture),
    ...optionalCases(plugin, fixture),
  ].map(({ name, run }) => ({ name: `${plugin.name}: ${name}`, run }));
