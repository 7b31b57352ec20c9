import type { ErrorFamily } from './entry.js';

export const pluginErrors = {
  PLUGIN_NOT_FOUND: (f: {
    specifier: string;
    tried: readonly string[];
    folder: string;
    install: string | null;
  }) => ({
    message: `There is no plugin ${f.specifier} (looked for ${f.tried.join(', ')} from ${f.folder}).`,
    hint:
      f.install === null
        ? 'Correct the path under "plugins" in the ecosystem file.'
        : `Install it with: ${f.install}`,
    exit: 2,
  }),
  PLUGIN_IMPORT_FAILED: (f: { specifier: string; source: string; cause: string }) => ({
    message: `The plugin ${f.specifier} cannot be loaded: ${f.cause}`,
    hint: `It is ${f.source}; mend it, or take it out of "plugins" in the ecosystem file.`,
    exit: 2,
  }),
  PLUGIN_INVALID: (f: { specifier: string; source: string; why: string }) => ({
    message: `The plugin ${f.specifier} is not a management style: ${f.why}.`,
    hint: `It is ${f.source}; docs/plugins.md shows what a plugin exports.`,
    exit: 2,
  }),
  PLUGIN_API_VERSION: (f: { specifier: string; theirs: string; ours: number }) => ({
    message: `The plugin ${f.specifier} is written for apiVersion ${f.theirs}; this mpm-io has ${f.ours}.`,
    hint: 'Install a version of the plugin for this mpm-io.',
    exit: 2,
  }),
  PLUGIN_OPTIONS_INVALID: (f: { specifier: string; issues: readonly string[] }) => ({
    message: `The options of the plugin ${f.specifier} are wrong: ${f.issues.join('; ')}.`,
    hint: 'Correct them under "plugins" in the ecosystem file, then check it with: mpm-io config check',
    exit: 2,
  }),
  PLUGIN_DUPLICATE: (f: { name: string; source: string; other: string }) => ({
    message: `Two plugins bring the style ${f.name}: ${f.other} and ${f.source}.`,
    hint: 'Take one of them out of "plugins" in the ecosystem file.',
    exit: 2,
  }),
  PLUGINS_FAILED: (f: {
    errors: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
  }) => ({
    message: f.errors.map(({ message }) => message).join('\n'),
    hint: [...new Set(f.errors.map(({ hint }) => hint))].join('\n'),
    exit: 2,
  }),
  HOOK_FAILED: (f: { style: string; hook: string; cause: string }) => ({
    message: `The style ${f.style} failed in ${f.hook}: ${f.cause}`,
    hint: `Report it to the author of ${f.style}; the other styles went on.`,
    exit: 1,
  }),
  HOOK_TIMEOUT: (f: { style: string; hook: string; ms: number }) => ({
    message: `The style ${f.style} did not finish ${f.hook} within ${f.ms} ms.`,
    hint: `A hook must end when its abort signal fires; report it to the author of ${f.style}.`,
    exit: 1,
  }),
} satisfies ErrorFamily;
