import type { Context, InfoLine, Look } from '../plugin/contract.js';
import { checkInfo } from '../plugin/check-answer.js';
import { runHook } from '../plugin/run-hook.js';
import { logFilesOf } from '../units/log-files.js';
import type { Home } from '../units/home.js';
import { halt } from '../units/halt.js';
import { lookFor } from './own-unit.js';
import { processLines } from './process-lines.js';
import type { Observation, StyledSighting } from './snapshot.js';
import type { Workspace } from './workspace.js';

/** What its process table entry and its style tell of an instance, then its files. The figures of a process are told here for every style. */
export const describeInstance = async (
  observation: Observation,
  workspace: Workspace,
  look: Look,
  home: Home,
): Promise<readonly InfoLine[]> => [
  ...(
    await Promise.all([processLines(observation, workspace, look), askStyle(observation, workspace, look)])
  ).flat(),
  ...recordLines(observation, home),
];

const askStyle = async (
  { instance, seen }: Observation,
  workspace: Workspace,
  look: Look,
): Promise<readonly InfoLine[]> => {
  const lines = await Promise.all(
    (seen[0]?.sightings ?? []).map(async (sighting, index, all): Promise<readonly InfoLine[]> => {
      const loaded = workspace.styles.get(sighting.style);
      if (loaded === undefined || all.findIndex(({ style }) => style === sighting.style) !== index) return [];
      const result = await runHook({
        style: sighting.style,
        hook: 'info',
        instance,
        signal: workspace.signal,
        call: async (signal) => {
          const context = readOnlyContext(workspace, lookFor([instance], look, signal), signal);
          return checkInfo(await loaded.style.info(instance, withClaims(sighting, all), context));
        },
      });
      return result.ok ? result.value : [{ label: sighting.style, value: result.error.message }];
    }),
  );
  const flat = lines.flat();
  return flat.filter(({ label }, index) => flat.findIndex((other) => other.label === label) === index);
};

/** The owner's sighting knows the record; what the server says of itself stands in the witness's. */
const withClaims = (sighting: StyledSighting, all: readonly StyledSighting[]): StyledSighting => {
  const claims = sighting.claims ?? all.find((other) => other.claims !== undefined)?.claims;
  return claims === undefined ? sighting : { ...sighting, claims };
};

/** `info` changes nothing; it gets the same context as the hooks that do, with the caller's own signal. */
const readOnlyContext = (
  { host, units, environment }: Workspace,
  look: Look,
  signal: AbortSignal,
): Context => {
  const progress = (): void => undefined;
  return {
    look,
    units,
    signal,
    progress,
    start: { environment, updateEnv: false, envName: null, noWait: false, signal, progress },
    stop: { reason: 'asked', signal, progress, force: false },
    halt: (target) => halt(host, target, { reason: 'asked', signal, progress, force: false }),
  };
};

const recordLines = ({ view }: Observation, home: Home): readonly InfoLine[] => {
  if (view === null) return [];
  const { record } = view;
  const { out, err } = logFilesOf(home, record.spec);
  return [
    { label: 'standard output', value: out ?? 'none', raw: out },
    { label: 'standard error', value: err ?? 'none', raw: err },
    ...(record.envName === null ? [] : [{ label: 'environment', value: record.envName }]),
    ...(view.exit === null
      ? []
      : [
          {
            label: 'last exit',
            value: view.reason ?? String(view.exit.code ?? 'not observed'),
            raw: view.exit,
          },
        ]),
  ];
};
