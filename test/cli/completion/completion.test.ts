import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { complete } from '../../../src/cli/completion/complete.js';
import { completionScript } from '../../../src/cli/completion/scripts.js';
import { globalOptions, table } from '../arguments/sample-table.js';

const names = ['web', 'web:1', 'worker', 'shop/api'];
const after = (...words: string[]): readonly string[] => complete(table, globalOptions, words, names);

test('commands, hidden ones left out, two words apart', (t) => {
  t.deepEqual(after(''), ['start', 'logs', 'scale', 'completion', 'config']);
  t.deepEqual(after('s'), ['start', 'scale']);
  t.deepEqual(after('config', ''), ['check', 'show']);
  t.deepEqual(after('--json', 'st'), ['start']);
});

test('names of servers where servers stand, each once', (t) => {
  t.deepEqual(after('start', 'w'), ['web', 'web:1', 'worker']);
  t.deepEqual(after('start', 'web', ''), ['web:1', 'worker', 'shop/api', 'all']);
  t.deepEqual(after('up', '-i', '3', 's'), ['shop/api']);
  t.deepEqual(after('scale', 'web', ''), []);
});

test('options and their values', (t) => {
  t.deepEqual(after('start', '--no-'), ['--no-wait', '--no-colour']);
  t.deepEqual(after('logs', '--stream', ''), ['out', 'err']);
  t.deepEqual(after('logs', '--stream=e'), ['--stream=err']);
  t.deepEqual(after('start', '--name', ''), []);
  t.deepEqual(after('completion', ''), ['bash', 'zsh', 'fish']);
  t.deepEqual(after('start', 'app.js', '--', ''), []);
});

test('bash completes names with colons, blanks and stars', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mpm-io-completion-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'mpm-io');
  writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" "$*" > "$0.asked"\ncat "$0.answers"\n');
  chmodSync(program, 0o755);
  const ask = (line: string, answers: string): readonly string[] => {
    writeFileSync(`${program}.answers`, answers);
    const script = `${completionScript('bash')}
COMP_LINE=$1 COMP_POINT=\${#1}; _mpm_io; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const output = execFileSync('bash', ['--norc', '-c', script, 'bash', line], {
      env: { PATH: `${folder}:${process.env['PATH']}` },
      encoding: 'utf8',
    });
    return output.trimEnd().split('\n');
  };
  t.deepEqual(ask('mpm-io start we', 'web\nweb two\nw*\n'), ['web', 'web\\ two', 'w\\*']);
  t.deepEqual(ask('mpm-io start web:', 'web:0\nweb:1\n'), ['0', '1']);
  t.deepEqual(ask('mpm-io logs --stream=e', '--stream=err\n'), ['err']);
  t.deepEqual(ask('mpm-io start ', ''), ['']);
});
