import type { Identity } from '../model/process.js';
import { endpointsOf, type StopPolicy, type UnitRun, type UnitSpec } from '../model/unit.js';
import { fillUnit } from '../model/unit-of.js';
import { parseInstanceKey } from '../model/key.js';
import type { StopOptions } from './contract.js';
import { isFrozen } from './halt.js';
import type { Keeper } from './keeper.js';
import { climbDown, type Descent } from './ladder.js';
import { markerOf } from './records.js';
import { createTree, type Tree } from './tree.js';

export type UnitTree = { readonly tree: Tree; readonly spec: UnitSpec; readonly run: UnitRun };

/** Everything of one generation of a unit that is alive now. */
export const lookAtUnit = async (
  { host, home, scans }: Keeper,
  spec: UnitSpec,
  run: UnitRun,
  main: Identity | null = run.main,
): Promise<UnitTree> => {
  const marker = markerOf(home, spec.key, run.generation);
  const filled = fillUnit(spec, run.port);
  const scope = { main, helper: run.helper, marker };
  const tree = createTree(host, scope, filled.stop.leaveTree && main !== null);
  tree.look(await scans.after(host.clock.monotonic()));
  return { tree, spec: filled, run };
};

/** Ends what is left of a unit, rung by rung; its helper ends by itself. */
export const endUnit = (
  { host, scans, watch }: Keeper,
  { tree, spec, run }: UnitTree,
  options: Pick<StopOptions, 'force' | 'signal' | 'progress'>,
  policy: StopPolicy = spec.stop,
): Promise<Descent> => {
  const { name, index } = parseInstanceKey(spec.key);
  const { main } = tree.scope;
  return climbDown({
    host,
    scans,
    listeners: watch,
    tree,
    policy,
    endpoints: endpointsOf(spec, run.port),
    facts: {
      fill: {
        name,
        instance: String(index),
        host: spec.host ?? '127.0.0.1',
        ...(run.port === null ? {} : { port: String(run.port) }),
        ...(main === null ? {} : { pid: String(main.pid) }),
      },
      cwd: spec.launch.cwd,
      env: spec.launch.env,
      frozen: () => main !== null && isFrozen(host, main.pid),
    },
    ...options,
  });
};
