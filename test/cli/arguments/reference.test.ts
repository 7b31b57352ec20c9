import test from 'ava';
import { commandHelp, globalHelp } from '../../../src/cli/arguments/help-text.js';
import { commandReference } from '../../../src/cli/arguments/reference.js';
import { globalOptions, table } from './sample-table.js';

test('the reference page tells every shown command and option, and keeps its tables whole', (t) => {
  const page = commandReference(table, globalOptions);
  for (const command of table.filter(({ hidden }) => hidden !== true)) {
    t.true(page.includes(`### ${command.name}\n`), command.name);
    for (const option of command.options) t.true(page.includes(option.name));
  }
  t.false(page.includes('secret'));
  t.true(page.includes(String.raw`| \`-f, --force\` | Do it \| anyway |`.replaceAll('\\`', '`')));
  t.true(page.includes('`--stream out\\|err`'));
  t.true(page.includes('mpm-io start [targets..] [options]'));
});

test('help shows commands by group, and examples before options', (t) => {
  t.regex(globalHelp(table), /Run:\n {2}start, up {2,}Start servers\n {2}scale/);
  const help = commandHelp(table[0] ?? t.fail(), globalOptions);
  t.true(help.indexOf('Examples:') < help.indexOf('Options:'));
  t.true(help.includes('--[no-]wait'));
  t.true(help.includes('-c, --config FILE'));
});
