import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PluginReference } from '../config/ecosystem.js';
import type { Host } from '../host/host.js';
import { mpmError } from '../model/errors/index.js';

/**
 * The module of a plugin: by path, by package, or by the short name of a package `mpm-io-plugin-<name>`; always from the
 * folder of the file that names it. The short name wins: a package of that very name may be anything.
 * @throws {MpmError} PLUGIN_NOT_FOUND
 */
export const locatePlugin = async ({ specifier, folder }: PluginReference, host: Host): Promise<string> => {
  const asPath = specifier.startsWith('~/') ? join(host.user.home, specifier.slice(2)) : specifier;
  if (/^\.{1,2}(\/|$)/.test(asPath) || isAbsolute(asPath))
    return locatePath(specifier, resolve(folder, asPath));
  const { resolve: resolveModule } = await import('import-meta-resolve');
  const parent = pathToFileURL(join(folder, 'ecosystem.json')).href;
  const tried =
    specifier.startsWith('@') || specifier.startsWith(prefix)
      ? [specifier]
      : [`${prefix}${specifier}`, specifier];
  for (const name of tried) {
    try {
      const url = resolveModule(name, parent);
      if (url.startsWith('file:')) return url;
    } catch {
      // The next name is tried; when none is left, all of them are told.
    }
  }
  const install = `npm install ${tried[0] ?? specifier}`;
  throw mpmError('PLUGIN_NOT_FOUND', { specifier, tried, folder, install });
};

const prefix = 'mpm-io-plugin-';

const endings = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

const locatePath = async (specifier: string, path: string): Promise<string> => {
  const { stat } = await import('node:fs/promises');
  for (const stem of [path, join(path, 'index')])
    for (const ending of endings) {
      const found = await stat(`${stem}${ending}`).catch(() => null);
      if (found?.isFile() === true) return pathToFileURL(`${stem}${ending}`).href;
    }
  throw mpmError('PLUGIN_NOT_FOUND', { specifier, tried: [path], folder: dirname(path), install: null });
};
