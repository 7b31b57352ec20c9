import { createRequire, register } from 'node:module';

let offered = false;

/**
 * A plugin imports `mpm-io/plugin`, which Node looks for beside the plugin. Where mpm-io is installed globally there is
 * none: then it is this one. What the plugin's own folder has wins.
 */
export const offerOwnName = (): void => {
  if (offered) return;
  offered = true;
  const hook = `const own = ${JSON.stringify(import.meta.url)};
export const resolve = async (specifier, context, next) => {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!/^mpm-io(\\/|$)/.test(specifier)) throw error;
    return next(specifier, { ...context, parentURL: own });
  }
};`;
  register(`data:text/javascript,${encodeURIComponent(hook)}`, import.meta.url);
};

/** The same for plugins in TypeScript, whose loader does not ask Node's hooks. */
export const ownModules = (): Readonly<Record<string, string>> => {
  const require = createRequire(import.meta.url);
  return Object.fromEntries(
    ['mpm-io/plugin', 'mpm-io/testing', 'mpm-io'].map((name) => [name, require.resolve(name)]),
  );
};
