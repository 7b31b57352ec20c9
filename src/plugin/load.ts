import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PluginReference } from '../config/ecosystem.js';
import type { Host } from '../host/host.js';
import { messageOf, mpmError } from '../model/errors/index.js';
import { apiVersion, type ManagementStyle, type Plugin, type StandardSchema } from './contract.js';

/** A plugin that is ready to be asked. */
export type LoadedStyle = {
  readonly plugin: Plugin;
  readonly style: ManagementStyle;
  /** `built in`, or the module's path. */
  readonly source: string;
};

export type Styles = ReadonlyMap<string, LoadedStyle>;

/** Imports a built-in style only when somebody needs it. */
export type BuiltinStyles = Readonly<Record<string, () => Promise<{ readonly default: unknown }>>>;

/**
 * Loads the named plugins, and of the built-in styles those that are wanted.
 * @throws {MpmError} PLUGIN_NOT_FOUND, PLUGIN_IMPORT_FAILED, PLUGIN_INVALID, PLUGIN_API_VERSION, PLUGIN_OPTIONS_INVALID,
 * PLUGIN_DUPLICATE: each names the plugin and where it was asked for.
 */
export const loadStyles = async (
  references: readonly PluginReference[],
  builtins: BuiltinStyles,
  wanted: (name: string) => boolean,
  host: Host,
): Promise<Styles> => {
  const styles = new Map<string, LoadedStyle>();
  const builtinNames = Object.keys(builtins);
  const add = (loaded: LoadedStyle): void => {
    const { name } = loaded.plugin;
    const other = styles.get(name);
    if (other !== undefined || (loaded.source !== builtin && builtinNames.includes(name)))
      throw mpmError('PLUGIN_DUPLICATE', { name, source: loaded.source, other: other?.source ?? builtin });
    styles.set(name, loaded);
  };
  const extra = references.filter(({ specifier }) => !builtinNames.includes(specifier));
  const ours = builtinNames.filter(wanted).map((name) => loadBuiltin(name, builtins, host));
  for (const loaded of await Promise.all([
    ...ours,
    ...extra.map((reference) => loadReference(reference, host)),
  ]))
    add(loaded);
  return styles;
};

const builtin = 'built in';

const loadBuiltin = async (name: string, builtins: BuiltinStyles, host: Host): Promise<LoadedStyle> => {
  const module = await builtins[name]?.();
  return createStyle(module?.default, undefined, name, builtin, host);
};

const loadReference = async (reference: PluginReference, host: Host): Promise<LoadedStyle> => {
  const { specifier, options } = reference;
  const url = await locate(reference, host);
  let module: { readonly default?: unknown };
  try {
    module = (await importModule(url)) as { readonly default?: unknown };
  } catch (thrown) {
    throw mpmError('PLUGIN_IMPORT_FAILED', { specifier, source: url, cause: messageOf(thrown) }, thrown);
  }
  // A CommonJS module with its own `default` arrives wrapped once more.
  const exported = module.default;
  const plugin = isObject(exported) && 'default' in exported ? exported['default'] : exported;
  return createStyle(plugin, options, specifier, url, host);
};

/** By path, by package, or by the short name of a package `mpm-io-plugin-<name>`: always from the file's own folder. */
const locate = async ({ specifier, folder }: PluginReference, host: Host): Promise<string> => {
  const asPath = specifier.startsWith('~/') ? join(host.user.home, specifier.slice(2)) : specifier;
  if (/^\.{1,2}(\/|$)/.test(asPath) || isAbsolute(asPath))
    return locatePath(specifier, resolve(folder, asPath));
  const { resolve: resolveModule } = await import('import-meta-resolve');
  const parent = pathToFileURL(join(folder, 'ecosystem.json')).href;
  const tried =
    specifier.startsWith('@') || specifier.startsWith('mpm-io-plugin-')
      ? [specifier]
      : [specifier, `mpm-io-plugin-${specifier}`];
  for (const name of tried) {
    try {
      return resolveModule(name, parent);
    } catch {
      // The next name is tried; when none is left, all of them are told.
    }
  }
  throw mpmError('PLUGIN_NOT_FOUND', {
    specifier,
    tried,
    folder,
    install: `npm install ${tried.at(-1) ?? specifier}`,
  });
};

const locatePath = async (specifier: string, path: string): Promise<string> => {
  const { stat } = await import('node:fs/promises');
  const candidates = [
    path,
    `${path}.js`,
    `${path}.mjs`,
    `${path}.ts`,
    join(path, 'index.js'),
    join(path, 'index.mjs'),
  ];
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => null);
    if (found?.isFile() === true) return pathToFileURL(candidate).href;
  }
  throw mpmError('PLUGIN_NOT_FOUND', { specifier, tried: [path], folder: path, install: null });
};

const importModule = async (url: string): Promise<unknown> => {
  if (!/\.[cm]?ts$/.test(url)) return import(url);
  const { createJiti } = await import('jiti');
  return createJiti(import.meta.url).import(url);
};

const createStyle = async (
  plugin: unknown,
  options: unknown,
  specifier: string,
  source: string,
  host: Host,
): Promise<LoadedStyle> => {
  const checked = checkPlugin(plugin, specifier, source);
  const valid = await checkOptions(checked, options, specifier);
  try {
    const style = checked.create(valid, host);
    checkStyle(style, specifier, source);
    return { plugin: checked, style, source };
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('MPM_')) throw thrown;
    throw mpmError('PLUGIN_IMPORT_FAILED', { specifier, source, cause: messageOf(thrown) }, thrown);
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const checkPlugin = (plugin: unknown, specifier: string, source: string): Plugin => {
  const refuse = (why: string): never => {
    throw mpmError('PLUGIN_INVALID', { specifier, source, why });
  };
  if (!isObject(plugin)) return refuse('its module has no default export that is a plugin');
  const { name, apiVersion: theirs, create, instances } = plugin;
  if (typeof name !== 'string' || name === '') return refuse('it has no name');
  if (theirs !== apiVersion)
    throw mpmError('PLUGIN_API_VERSION', { specifier, theirs: String(theirs), ours: apiVersion });
  if (typeof create !== 'function') return refuse('it has no create function');
  if (instances !== 'many' && instances !== 'one' && instances !== 'own')
    return refuse('its instances is not one of many, one, own');
  return plugin as unknown as Plugin;
};

const requiredHooks = ['detect', 'start', 'stop', 'info'] as const;

const checkStyle = (style: unknown, specifier: string, source: string): void => {
  const missing = requiredHooks.filter((hook) => !isObject(style) || typeof style[hook] !== 'function');
  if (missing.length > 0)
    throw mpmError('PLUGIN_INVALID', {
      specifier,
      source,
      why: `what it creates lacks ${missing.join(', ')}`,
    });
};

const checkOptions = async (plugin: Plugin, options: unknown, specifier: string): Promise<unknown> => {
  if (plugin.options === undefined) {
    if (options === undefined) return undefined;
    throw mpmError('PLUGIN_OPTIONS_INVALID', { specifier, issues: ['it takes no options'] });
  }
  const result = await (plugin.options as StandardSchema)['~standard'].validate(options ?? {});
  if (result.issues === undefined) return Object.freeze(result.value);
  const issues = result.issues.map(({ message, path }) => {
    const where = (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return where === '' ? message : `${where}: ${message}`;
  });
  throw mpmError('PLUGIN_OPTIONS_INVALID', { specifier, issues });
};
