#!/usr/bin/env node
'use strict';
// CommonJS (see package.json here): the loader of ES modules would cost every command a tenth of its start.
const [option, ...more] = process.argv.slice(2);
if (['--version', '-v'].includes(option) && more.length === 0) {
  process.stdout.on('error', () => undefined); // a reader that went away (`| head`)
  process.stdout.write(`${require('../package.json').version}\n`);
} else require('./load.js').load(`${require('node:path').dirname(__dirname)}/build/cli/`, 'main.cjs');
