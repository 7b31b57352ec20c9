/**
 * The figures of docs/performance.md, as ratios and differences within one run. `--quick` only proves that it runs.
 */
import { cases } from './cases.mjs';
import { openStage } from './stage.mjs';

const quick = process.argv.includes('--quick');
const stage = openStage();
const rows = [];
try {
  for (const measure of cases) {
    for await (const row of measure(stage, quick)) {
      rows.push(row);
      process.stderr.write(`${row.what}: ${row.seen}\n`);
    }
  }
} finally {
  stage.close();
}

const heads = { what: 'What', wanted: 'At most', seen: 'Measured', detail: 'Medians' };
const columns = Object.keys(heads);
const widths = columns.map((column) =>
  Math.max(...[heads, ...rows].map((row) => [...(row[column] ?? '')].length)),
);
const line = (cells) => `| ${cells.join(' | ')} |`;
const printed = (row) => line(columns.map((column, place) => (row[column] ?? '').padEnd(widths[place])));
process.stdout.write(
  `\nNode ${process.versions.node}\n\n${[
    printed(heads),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(printed),
  ].join('\n')}\n`,
);
