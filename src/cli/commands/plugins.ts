import { createHost } from '../../host/index.js';
import { loadStyles } from '../../plugin/load.js';
import { exit, printJson, type Command } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { sanitise } from '../../model/text.js';
import { type Column, tableLines } from '../render/table.js';

export const run: Command = async (invocation) => {
  const { io, options, out } = invocation;
  const { workspace } = await openWorkspace(invocation);
  const styles =
    workspace.styles.size > 0
      ? workspace.styles
      : await loadStyles(
          [],
          (await import('../../../plugins/index.js')).builtinStyles,
          () => true,
          createHost({ env: io.env }),
        );
  const rows = [...styles].map(([name, { plugin, style, source }]) => ({
    name,
    instances: plugin.instances,
    hooks: Object.keys(style).filter((hook) => typeof style[hook as keyof typeof style] === 'function'),
    source,
  }));
  if (options.flag('json')) printJson(io, { schemaVersion: 1, styles: rows });
  else {
    for (const line of tableLines(columns, rows, out)) io.stdout.write(`${line}\n`);
  }
  return exit.ok;
};

type Row = {
  readonly name: string;
  readonly instances: string;
  readonly hooks: readonly string[];
  readonly source: string;
};

const columns: readonly Column<Row>[] = [
  { title: 'style', rank: 0, cell: ({ name }) => ({ text: sanitise(name), colour: 'bold' }) },
  { title: 'instances', rank: 2, cell: ({ instances }) => ({ text: instances }) },
  { title: 'hooks', rank: 3, least: 20, cell: ({ hooks }) => ({ text: hooks.join(' ') }) },
  { title: 'from', rank: 1, least: 10, cell: ({ source }) => ({ text: sanitise(source) }) },
];
