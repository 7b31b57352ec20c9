import ava from 'ava';
import { table } from '../../src/cli/table.js';
import { version } from '../../src/model/version.js';
import { isClean, project } from './rig.js';

// One after another: each starts processes of its own, and files run side by side already.
const test = ava.serial;

test('help of all, in every spelling', async (t) => {
  const { mpm } = project(t);
  const [none, long, short, word] = await Promise.all([mpm(), mpm('--help'), mpm('-h'), mpm('help')]);
  for (const one of [none, long, short, word]) {
    t.is(one?.code, 0);
    t.is(one?.stdout, long?.stdout);
    t.is(one?.stderr, '');
  }
  for (const { name } of table) t.true(long?.stdout.includes(name), name);
});

test('help of each command is its own: usage, every option, every example', async (t) => {
  const { mpm } = project(t);
  for (const command of table) {
    const words = command.name.split(' ');
    const [after, before] = await Promise.all([mpm(...words, '--help'), mpm('help', ...words)]);
    t.is(after.code, 0, command.name);
    t.is(before.stdout, after.stdout);
    t.true(after.stdout.startsWith(`mpm-io ${command.name}`), command.name);
    for (const option of command.options)
      t.true(
        after.stdout.includes(`-${option.name}`) || after.stdout.includes(`]${option.name}`),
        option.name,
      );
    for (const [example] of command.examples) t.true(after.stdout.includes(example), example);
    t.false(after.stdout.includes('Positionals'));
    isClean(t, after, command.name);
  }
});

test('help of a group shows its commands, and fits a narrow terminal', async (t) => {
  const { mpm, mpmWith } = project(t);
  const group = await mpm('config', '--help');
  t.is(group.code, 0);
  for (const name of ['config check', 'config show', 'config init'])
    t.true(group.stdout.includes(name), name);
  const narrow = await mpmWith({ env: { COLUMNS: '40' } }, 'start', '--help');
  for (const line of narrow.stdout.split('\n')) t.true(line.length <= 40, line);
});

test('version', async (t) => {
  const { mpm } = project(t);
  for (const words of [['--version'], ['-v'], ['status', '--version']]) {
    const { code, stdout } = await mpm(...words);
    t.is(code, 0);
    t.is(stdout, `${version}\n`);
  }
});
