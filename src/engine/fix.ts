import type { Finding, Fix } from '../model/finding.js';
import { halt } from '../units/halt.js';
import { Operator } from './operate.js';
import { planStart } from './plan.js';
import type { Snapshot } from './snapshot.js';
import { lookAt, takeSnapshot, type Workspace } from './workspace.js';

export type ShownFix = { readonly fix: Fix; readonly shown: string };

/** The remedies that end nobody's server and lose nothing, each once. */
export const fixesOf = (findings: readonly Finding[]): readonly ShownFix[] => {
  const fixes = findings.flatMap(({ remedies }) =>
    remedies.flatMap(({ fix, shell }) => (fix === null ? [] : [{ fix, shell }])),
  );
  return fixes
    .filter(
      ({ fix }, index) =>
        fixes.findIndex((other) => JSON.stringify(other.fix) === JSON.stringify(fix)) === index,
    )
    .map(({ fix, shell }) => ({
      fix,
      shown: fix.kind === 'remove-pid-file' ? `remove ${fix.path}` : (shell ?? fix.key),
    }));
};

/** Carries them out one after another, each after a fresh look. Tells what became of each. */
export const applyFixes = async (
  fixes: readonly ShownFix[],
  before: Snapshot,
  workspace: Workspace,
): Promise<readonly string[]> => {
  const told: string[] = [];
  for (const { fix } of fixes)
    told.push(
      fix.kind === 'start'
        ? await start(fix, before, workspace)
        : await removePidFile(fix, before, workspace),
    );
  return told;
};

const again = async (key: string, before: Snapshot, workspace: Workspace) => {
  const selected = before.observations.filter(({ instance }) => instance.key === key);
  const look = lookAt(workspace);
  return { look, snapshot: await takeSnapshot(workspace, look, selected) };
};

/** Only when the style still gives the same verdict on the same file, and nothing of the server runs by it. */
const removePidFile = async (
  fix: Fix & { kind: 'remove-pid-file' },
  before: Snapshot,
  workspace: Workspace,
): Promise<string> => {
  const { snapshot } = await again(fix.key, before, workspace);
  const [observation] = snapshot.observations;
  const facts = [
    ...(observation?.detection.seen === 'absent' ? (observation.detection.pidFiles ?? []) : []),
    ...(observation?.seen.flatMap(({ sightings }) => sightings.flatMap(({ pidFile }) => pidFile ?? [])) ??
      []),
  ];
  const fact = facts.find(({ path }) => path === fix.path);
  const dead = fact !== undefined && ['stale', 'empty', 'garbage', 'reused', 'zombie'].includes(fact.verdict);
  if (!dead) return `${fix.path}: left alone, it has changed`;
  return workspace.host.files.remove(fix.path) ? `removed ${fix.path}` : `${fix.path}: it was gone already`;
};

const start = async (
  fix: Fix & { kind: 'start' },
  before: Snapshot,
  workspace: Workspace,
): Promise<string> => {
  const { look, snapshot } = await again(fix.key, before, workspace);
  const steps = snapshot.observations.map((observation) => planStart(observation, workspace.say, true));
  const operator = new Operator(workspace, look, (target, stop) => halt(workspace.host, target, stop), {
    envName: null,
    updateEnv: false,
    noWait: false,
    force: false,
    on: () => undefined,
  });
  const reports = await operator.start(steps);
  return reports.map(({ server, message }) => `${server}: ${message}`).join('\n');
};
