import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { configCheckText } from '../../../src/cli/render/config-check.js';
import { diagnoseText } from '../../../src/cli/render/diagnosis.js';
import { errorText } from '../../../src/cli/render/error.js';
import { infoText } from '../../../src/cli/render/info.js';
import { planText, stepLine } from '../../../src/cli/render/steps.js';
import { statusSummary } from '../../../src/cli/render/status-summary.js';
import { statusTable } from '../../../src/cli/render/status-table.js';
import { createSay } from '../../../src/engine/say.js';
import type { Terminal } from '../../../src/cli/render/terminal.js';
import { visibleWidth } from '../../../src/model/text.js';
import { diagnosis, ecosystem, empty, hostile, row, status, step, steps, twoOwners } from './samples.js';

// Set UPDATE_GOLDEN=1 to write them anew, then read the difference.
const folder = fileURLToPath(new URL('../../../../test/cli/render/golden/', import.meta.url));

const say = createSay('mpm-io', []);

const error = {
  code: 'MPM_CONFIG_INVALID',
  message: 'e.json:3: servers[0].prot: There is no such key. Did you mean "port"?\ne.json:9: \u001b[31mbad',
  hint: 'Correct the file, then check it with: mpm-io config check',
  docs: 'docs/errors.md#mpm_config_invalid',
  facts: {},
};

const pictures: Readonly<Record<string, (terminal: Terminal) => string>> = {
  status: (terminal) => `${statusTable(status, terminal, say)}${statusSummary(status, terminal, say)}\n`,
  empty: (terminal) => statusTable(empty, terminal, say),
  hostile: (terminal) => `${statusTable(hostile, terminal, say)}${statusSummary(hostile, terminal, say)}\n`,
  info: (terminal) =>
    infoText(row({ reason: 'x' }), [{ label: 'rooms', value: '3\u001b[31m' }], [twoOwners], terminal),
  diagnosis: (terminal) => diagnoseText(diagnosis, terminal, 193_000 + 1_000_000),
  plan: (terminal) =>
    planText(
      steps.map((one) => step({ ...one, outcome: 'planned' })),
      terminal,
    ),
  steps: (terminal) => `${steps.map((one) => stepLine(one, terminal)).join('\n')}\n`,
  error: (terminal) => errorText(error, terminal),
  config: (terminal) => configCheckText(ecosystem, terminal),
};

/** These words may stick out: a command or a path must stay whole to be copied. */
const mayStickOut = /mpm-io|https?:|\/srv|\/proc|docs\/|MPM_/;

for (const [name, draw] of Object.entries(pictures)) {
  for (const width of [40, 60, 80, 120]) {
    const terminal: Terminal = { width, colour: false, tty: true, unicode: true };

    test(`${name} at ${width}`, (t) => {
      const picture = draw(terminal);
      const path = `${folder}${name}-${width}.txt`;
      if (process.env['UPDATE_GOLDEN'] === '1') {
        mkdirSync(folder, { recursive: true });
        writeFileSync(path, picture);
      }
      t.is(picture, readFileSync(path, 'utf8'));
    });

    test(`${name} at ${width} fits, is safe, and is the same without its colours`, (t) => {
      const picture = draw(terminal);
      for (const line of picture.split('\n')) {
        if (!mayStickOut.test(line) && name !== 'hostile') t.true(visibleWidth(line) <= width, line);
      }
      t.notRegex(picture, /(?!\n)[\p{Cc}\u202e]/u);
      const coloured = draw({ ...terminal, colour: true });
      t.is(stripVTControlCharacters(coloured), picture);
      if (name !== 'empty') t.not(coloured, picture);
    });
  }

  test(`${name} where there is no terminal: nothing is cut, no sign but ASCII is added`, (t) => {
    const terminal: Terminal = { width: 20, colour: false, tty: false, unicode: false };
    const picture = draw(terminal);
    t.false(picture.includes('…'));
    t.is(picture, draw({ ...terminal, width: 500 }));
  });
}

test('a table of hostile names fits too', (t) => {
  for (const width of [40, 60, 80, 120]) {
    const table = statusTable(
      { ...hostile, findings: [] },
      { width, colour: false, tty: true, unicode: true },
      say,
    );
    for (const line of (table.split('\n\n')[0] ?? '').split('\n')) t.true(visibleWidth(line) <= width, line);
  }
});

test('at 80 columns a person sees name, state, pid, port, uptime, restarts and memory', (t) => {
  const head =
    statusTable(status, { width: 80, colour: false, tty: true, unicode: true }, say).split('\n')[0] ?? '';
  for (const title of ['name', 'state', 'pid', 'port', 'uptime', '↺', 'memory'])
    t.true(head.includes(title), title);
});
