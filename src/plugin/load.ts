import type { PluginReference } from '../config/ecosystem.js';
import type { Host } from '../host/host.js';
import { isMpmError, messageOf, type MpmError, mpmError } from '../model/errors/index.js';
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

/** A plugin that cannot be used, and as much of it as is known all the same. */
type StyleFailure = {
  readonly error: MpmError;
  /** Null: nobody named it, it is built in. */
  readonly place: PluginReference | null;
  readonly name: string | null;
  /** Null: what it says of itself is not to be relied on. */
  readonly rules: Plugin | null;
};

export type TriedStyles = { readonly styles: Styles; readonly failures: readonly StyleFailure[] };

/**
 * Loads the named plugins, and of the built-in styles those that are wanted. A plugin that cannot be used hides neither
 * the others nor what else is wrong with the file.
 */
export const tryStyles = async (
  references: readonly PluginReference[],
  builtins: BuiltinStyles,
  wanted: (name: string) => boolean,
  host: Host,
): Promise<TriedStyles> => {
  const builtinNames = Object.keys(builtins);
  const [configured, extra] = partition(references, ({ specifier }) => builtinNames.includes(specifier));
  const attempts = await Promise.all([
    ...builtinNames
      .filter((name) => wanted(name) || configured.some(({ specifier }) => specifier === name))
      .map((name) => {
        const reference = configured.findLast(({ specifier }) => specifier === name) ?? null;
        return attempt(reference, name, () => loadBuiltin(name, builtins), host);
      }),
    ...extra.map((reference) =>
      attempt(reference, reference.specifier, () => loadReference(reference, host), host),
    ),
  ]);
  const styles = new Map<string, LoadedStyle>();
  const failures: StyleFailure[] = [];
  for (const { place, ...tried } of attempts) {
    if ('error' in tried) {
      failures.push({ place, ...tried });
      continue;
    }
    const { loaded } = tried;
    const { name } = loaded.plugin;
    const other = styles.get(name);
    if (other === undefined && (loaded.source === builtin || !builtinNames.includes(name)))
      styles.set(name, loaded);
    else {
      const facts = { name, source: loaded.source, other: other?.source ?? builtin };
      failures.push({ error: mpmError('PLUGIN_DUPLICATE', facts), place, name, rules: null });
    }
  }
  return { styles, failures };
};

/**
 * The same, where nothing else is to be told beside a plugin that cannot be used.
 * @throws {MpmError} PLUGIN_NOT_FOUND, PLUGIN_IMPORT_FAILED, PLUGIN_INVALID, PLUGIN_API_VERSION, PLUGIN_OPTIONS_INVALID,
 * PLUGIN_DUPLICATE: each names the plugin; PLUGINS_FAILED: several at once.
 */
export const loadStyles = async (...given: Parameters<typeof tryStyles>): Promise<Styles> => {
  const { styles, failures } = await tryStyles(...given);
  const [first, ...others] = failures;
  if (first === undefined) return styles;
  if (others.length === 0) throw first.error;
  const errors = failures.map(({ error: { code, message, hint } }) => ({
    code,
    message: message.trimEnd(),
    hint,
  }));
  throw mpmError('PLUGINS_FAILED', { errors });
};

type Found = { readonly exported: unknown; readonly source: string };

type Attempt = { readonly place: PluginReference | null } & (
  { readonly loaded: LoadedStyle } | Omit<StyleFailure, 'place'>
);

const attempt = async (
  place: PluginReference | null,
  specifier: string,
  find: () => Promise<Found>,
  host: Host,
): Promise<Attempt> => {
  let exported: unknown;
  try {
    const found = await find();
    ({ exported } = found);
    return { place, loaded: await createStyle(found, place?.options, specifier, host) };
  } catch (error) {
    if (!isMpmError(error)) throw error;
    return { place, error, name: nameOf(exported), rules: rulesOf(exported) };
  }
};

const nameOf = (exported: unknown): string | null =>
  isObject(exported) && typeof exported['name'] === 'string' ? exported['name'] : null;

const rulesOf = (exported: unknown): Plugin | null => {
  try {
    return checkPlugin(exported, '', '');
  } catch {
    return null; // that has been told
  }
};

const partition = <T>(items: readonly T[], test: (item: T) => boolean): readonly [T[], T[]] => [
  items.filter(test),
  items.filter((item) => !test(item)),
];

const builtin = 'built in';

const loadBuiltin = async (name: string, builtins: BuiltinStyles): Promise<Found> => ({
  exported: (await builtins[name]?.())?.default,
  source: builtin,
});

const loadReference = async (reference: PluginReference, host: Host): Promise<Found> => {
  const { specifier } = reference;
  const source = await locatePlugin(reference, host);
  const { offerOwnName } = await import('./own-name.js');
  offerOwnName();
  let module: { readonly default?: unknown };
  try {
    module = (await within(importModule(source), importDeadline)) as { readonly default?: unknown };
  } catch (thrown) {
    throw mpmError('PLUGIN_IMPORT_FAILED', { specifier, source, cause: messageOf(thrown) }, thrown);
  }
  // A CommonJS module with its own `default` arrives wrapped once more.
  const exported = module.default;
  return { exported: isObject(exported) && 'default' in exported ? exported['default'] : exported, source };
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
  { exported, source }: Found,
  options: unknown,
  specifier: string,
  host: Host,
): Promise<LoadedStyle> => {
  const checked = checkPlugin(exported, specifier, source);
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
