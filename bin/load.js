'use strict';
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { Script } = require('node:vm');

/**
 * Runs a file of the bundle, with the code that V8 made of it when it was built: to read half a megabyte of source
 * costs more than most commands. V8 refuses what another version of it has made; then the source is compiled as ever.
 * @param {string} folder ends in a slash
 * @param {string} name
 * @param {(name: string, script: Script) => void} [told] of each file that was compiled, for the build
 * @returns {unknown} what the file exports
 */
const load = (folder, name, told) => {
  const loaded = new Map();
  const run = (file) => {
    const path = folder + file;
    const script = compile(path);
    told?.(file, script);
    const module = { exports: {} };
    loaded.set(file, module);
    const others = createRequire(path);
    const require = (id) => (id.startsWith('./') && id.endsWith('.cjs') ? part(id.slice(2)) : others(id));
    script.runInThisContext()(module.exports, require, module, path, (what) => import(what));
    return module.exports;
  };
  const part = (file) => loaded.get(file)?.exports ?? run(file);
  return part(name);
};

const compile = (path) =>
  new Script(`(function(exports,require,module,__filename,__import){${readFileSync(path, 'utf8')}\n})`, {
    filename: path,
    cachedData: readCode(`${path}.code`),
  });

const readCode = (path) => {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // not built here
  }
};

module.exports = { load };
