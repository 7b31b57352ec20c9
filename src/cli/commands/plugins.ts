import { createHost } from '../../host/index.js';
import { loadStyles } from '../../plugin/load.js';
import { exit, printJson, type Command } from '../invocation.js';
import { openWorkspace } from '../open-workspace.js';
import { tableLines } from '../render/table.js';

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
    const cells = rows.map(({ name, instances, hooks, source }) => [
      name,
      instances,
      hooks.join(' '),
      source,
    ]);
    for (const line of tableLines(['style', 'instances', 'hooks', 'from'], cells, out))
      io.stdout.write(`${line}\n`);
  }
  return exit.ok;
};
