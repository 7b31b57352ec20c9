import type { PluginReference } from './ecosystem.js';
import { pathText, type LineOf } from './load/document.js';
import type { Notes } from './notes.js';
import { explain } from './schema/explain.js';
import { pluginSchema } from './schema/plugin.js';
import type { Shape } from './shape.js';

/** The plugins that a file names, in their order; they are loaded elsewhere. */
export const readPlugins = (
  entries: Shape['plugins'],
  folder: string,
  lineOf: LineOf,
  notes: Notes,
): readonly PluginReference[] =>
  entries.flatMap(({ path, value }) => {
    const parsed = pluginSchema.safeParse(value);
    if (!parsed.success) {
      notes.mistakes(path, explain(pluginSchema, value, parsed.error.issues));
      return [];
    }
    const [specifier, options] = partsOf(parsed.data);
    return [{ specifier, options, folder, path: pathText(path), line: lineOf(path) }];
  });

const partsOf = (
  plugin: string | readonly [string] | readonly [string, unknown] | { module: string; options?: unknown },
): readonly [string, unknown] => {
  if (typeof plugin === 'string') return [plugin, undefined];
  return 'module' in plugin ? [plugin.module, plugin.options] : [plugin[0], plugin[1]];
};
