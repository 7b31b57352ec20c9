import test from 'ava';
import { findCommand } from '../../../src/cli/arguments/find-command.js';
import { readArguments } from '../../../src/cli/arguments/read-arguments.js';
import { globalOptions, table } from './sample-table.js';

const command = (name: string) => {
  const found = table.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

const problemsOf = (name: string, ...argv: string[]) => {
  const read = readArguments(command(name), globalOptions, argv);
  return read.ok ? [] : read.problems.map(({ message, suggestion }) => [message, suggestion]);
};

test('reads every kind of option by its type', (t) => {
  t.deepEqual(
    readArguments(command('start'), globalOptions, ['-fi2', '--only=a,b', 'web', '--no-wait', '--', '-x']),
    {
      ok: true,
      value: {
        options: { force: true, instances: 2, only: ['a', 'b'], wait: false },
        positionals: ['web'],
        rest: ['-x'],
      },
    },
  );
});

test('tells everything that is wrong at once, and what was meant', (t) => {
  t.deepEqual(problemsOf('start', '--nmae', '--instances', 'x', '--no-wiat'), [
    ['There is no option --nmae.', '--name'],
    ['--instances needs a number, but has "x".', null],
    ['There is no option --no-wiat.', '--no-wait'],
  ]);
});

test('an option is not taken for the value of another', (t) => {
  t.deepEqual(problemsOf('start', '--name', '--force'), [['--name needs a value.', null]]);
});

test('a letter with its value attached is told how it is written', (t) => {
  t.deepEqual(problemsOf('start', '-nweb'), [['-n needs a value.', '-n web']]);
});

test('values out of a set are refused with the nearest one', (t) => {
  t.deepEqual(problemsOf('logs', '--stream', 'er'), [['--stream takes out, err, not "er".', 'err']]);
  t.deepEqual(problemsOf('completion', 'bahs'), [['completion takes bash, zsh, fish, not "bahs".', 'bash']]);
});

test('a flag takes no value', (t) => {
  t.deepEqual(problemsOf('start', '--force=maybe', '--no-wait=1'), [
    ['--force takes no value, but has "maybe".', null],
    ['--no-wait takes no value.', null],
  ]);
});

test('a command’s own letter wins over a global one', (t) => {
  const own = {
    ...command('start'),
    options: [{ name: 'count', alias: 'c', type: 'number' as const, summary: '' }],
  };
  t.deepEqual(readArguments(own, globalOptions, ['-c', '5', '--config', 'f']), {
    ok: true,
    value: { options: { count: 5, config: 'f' }, positionals: [], rest: [] },
  });
});

test('a mistyped command is told with the one that was meant', (t) => {
  t.deepEqual(findCommand(table, globalOptions, ['strat', 'web']), {
    ok: false,
    problems: [{ message: 'There is no command strat.', suggestion: 'start' }],
  });
  t.deepEqual(findCommand(table, globalOptions, ['config', 'chekc']), {
    ok: false,
    problems: [{ message: 'There is no command config chekc.', suggestion: 'config check' }],
  });
  t.deepEqual(findCommand(table, globalOptions, ['config']), {
    ok: false,
    problems: [{ message: 'config needs one of check, show.', suggestion: null }],
  });
});

test('options alone name no command', (t) => {
  t.deepEqual(findCommand(table, globalOptions, ['--json']), {
    ok: true,
    value: { command: null, argv: ['--json'] },
  });
});

test('__proto__ is no option', (t) => {
  t.deepEqual(problemsOf('start', '--__proto__', '--constructor=x'), [
    ['There is no option --__proto__.', null],
    ['There is no option --constructor.', null],
  ]);
});

test('a dash alone and a negative number are words', (t) => {
  t.deepEqual(readArguments(command('start'), globalOptions, ['-', '-1', '-.5']), {
    ok: true,
    value: { options: {}, positionals: ['-', '-1', '-.5'], rest: [] },
  });
});
