import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const numbered = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);

test('coming from claude-mpm: every row has a way to do it, every defect a reason', (t) => {
  const rows = read('docs/coming-from-claude-mpm.md')
    .split('\n')
    .flatMap((line) => {
      const cells = /^\| ([HDXL]\d+) \| (.+) \| (.+) \|$/.exec(line);
      return cells === null ? [] : [[cells[1], cells[3]] as const];
    });
  const ids = [...numbered('H', 26), ...numbered('D', 10), ...numbered('X', 5), ...numbered('L', 26)];
  t.deepEqual(
    rows.map(([id]) => id),
    ids,
  );
  const done = /`mpm-io |server-sdk\.md|mpm-io\/server|nothing to install/;
  for (const [id, now] of rows)
    if (id?.startsWith('L')) t.true((now ?? '').length > 25, id);
    else t.regex(now ?? '', done, id);
});

for (const file of [
  'ecosystem.example.json',
  'examples/python.ecosystem.json',
  'examples/claude-mpm.ecosystem.json',
])
  test(`${file}: what it names is there, and no two fixed ports of what starts with it are one`, (t) => {
    const { servers } = JSON.parse(read(file)) as { servers: Record<string, unknown>[] };
    const folder = dirname(join(root, file));
    const ports = servers.flatMap(({ port, instances, command, script }) =>
      typeof port === 'number' && (command ?? script) !== undefined
        ? Array.from({ length: Number(instances ?? 1) }, (_, i) => port + i)
        : [],
    );
    t.is(new Set(ports).size, ports.length);
    for (const { script, command, dependsOn } of servers) {
      if (typeof script === 'string') t.true(existsSync(join(folder, script)), script);
      if (Array.isArray(command) && String(command[1]).includes('/'))
        t.true(existsSync(join(folder, String(command[1]))));
      for (const name of [dependsOn ?? []].flat()) t.true(servers.some((server) => server['name'] === name));
    }
  });
