import type { PluginReference } from '../config/ecosystem.js';
import type { Host } from '../host/host.js';
import { isMpmError, messageOf, mpmError } from '../model/errors/index.js';
import {
  apiVersion,
  type ManagementStyle,
  type Plugin,
  type StandardResult,
  type StandardSchema,
} from './contract.js';
import { locatePlugin } from './locate.js';

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
 * PLUGIN_DUPLICATE: each names the plugin and where it was asked for; PLUGINS_FAILED: several at once.
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
  const [configured, extra] = partition(references, ({ specifier }) => builtinNames.includes(specifier));
  const ours = builtinNames
    .filter((name) => wanted(name) || configured.some(({ specifier }) => specifier === name))
    .map((name) =>
      loadBuiltin(
        name,
        configured.findLast(({ specifier }) => specifier === name),
        builtins,
        host,
      ),
    );
  const results = await Promise.allSettled([
    ...ours,
    ...extra.map(async (reference) => loadReference(reference, host)),
  ]);
  const failures: unknown[] = [];
  for (const result of results) {
    try {
      if (result.status === 'rejected') throw result.reason;
      add(result.value);
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  if (failures.length > 0) throw asOne(failures);
  return styles;
};

/** Every plugin that cannot be loaded is told at once; one alone keeps its own code. */
const asOne = (failures: readonly unknown[]): unknown => {
  const unexpected = failures.find((failure) => !isMpmError(failure));
  if (failures.length === 1 || unexpected !== undefined) return unexpected ?? failures[0];
  const errors = failures
    .filter(isMpmError)
    .map(({ code, message, hint }) => ({ code, message: message.trimEnd(), hint }));
  return mpmError('PLUGINS_FAILED', { errors });
};

const partition = <T>(items: readonly T[], test: (item: T) => boolean): readonly [T[], T[]] => [
  items.filter(test),
  items.filter((item) => !test(item)),
];

const builtin = 'built in';

const loadBuiltin = async (
  name: string,
  reference: PluginReference | undefined,
  builtins: BuiltinStyles,
  host: Host,
): Promise<LoadedStyle> => {
  const module = await builtins[name]?.();
  return createStyle(module?.default, reference?.options, name, builtin, host);
};

const loadReference = async (reference: PluginReference, host: Host): Promise<LoadedStyle> => {
  const { specifier, options } = reference;
  const url = await locatePlugin(reference, host);
  const { offerOwnName } = await import('./own-name.js');
  offerOwnName();
  let module: { readonly default?: unknown };
  try {
    module = (await within(importModule(url), importDeadline)) as { readonly default?: unknown };
  } catch (thrown) {
    throw mpmError('PLUGIN_IMPORT_FAILED', { specifier, source: url, cause: messageOf(thrown) }, thrown);
  }
  // A CommonJS module with its own `default` arrives wrapped once more.
  const exported = module.default;
  const plugin = isObject(exported) && 'default' in exported ? exported['default'] : exported;
  return createStyle(plugin, options, specifier, url, host);
};

/** An import that waits for ever would hang every command of this file. */
const importDeadline = 10_000;

const within = async <T>(work: Promise<T>, ms: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not finish loading within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

const importModule = async (url: string): Promise<unknown> => {
  if (!/\.[cm]?ts$/.test(url)) return import(url);
  const [{ createJiti }, { ownModules }] = await Promise.all([import('jiti'), import('./own-name.js')]);
  return createJiti(import.meta.url, { alias: { ...ownModules() } }).import(url);
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
  let style: ManagementStyle;
  try {
    style = checked.create(valid, host);
  } catch (thrown) {
    throw mpmError('PLUGIN_IMPORT_FAILED', { specifier, source, cause: messageOf(thrown) }, thrown);
  }
  checkStyle(style, specifier, source);
  return { plugin: checked, style, source };
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
  for (const key of ['options', 'serverOptions'] as const)
    if (plugin[key] !== undefined && !isSchema(plugin[key]))
      return refuse(`its ${key} is no Standard Schema`);
  return plugin as unknown as Plugin;
};

const isSchema = (value: unknown): value is StandardSchema => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard = (value as Partial<StandardSchema>)['~standard'];
  return isObject(standard) && typeof standard.validate === 'function';
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
  const result = await validate(plugin.options, options ?? {});
  if (result.issues === undefined) return Object.freeze(result.value);
  const issues = result.issues.map(({ message, path }) => {
    const where = (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return where === '' ? message : `${where}: ${message}`;
  });
  throw mpmError('PLUGIN_OPTIONS_INVALID', { specifier, issues });
};

/** A schema that throws has found the options wrong, too. */
const validate = async (schema: StandardSchema, options: unknown): Promise<StandardResult<unknown>> => {
  try {
    return await schema['~standard'].validate(options);
  } catch (thrown) {
    return { issues: [{ message: messageOf(thrown) }] };
  }
};
