'use strict';
/**
 * Runs a command of the built command line, and keeps beside each file of the bundle the code that V8 made of it on
 * the way (see bin/load.js): what was kept before and what this command needed.
 */
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { load } = require('../bin/load.js');

const bundle = join(__dirname, '../build/cli/');
const scripts = new Map();
process.on('exit', () => {
  for (const [file, script] of scripts) writeFileSync(`${bundle}${file}.code`, script.createCachedData());
});
load(bundle, 'main.cjs', (file, script) => scripts.set(file, script));
