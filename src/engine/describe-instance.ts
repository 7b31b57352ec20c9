import { findAlive } from '../model/process.js';
import { descendantsOf } from '../model/tree.js';
import type { Context, InfoLine, Look } from '../plugin/contract.js';
import { runHook } from '../plugin/run-hook.js';
import { logFilesOf } from '../units/log-files.js';
import type { Home } from '../units/home.js';
import { halt } from '../units/halt.js';
import { assess } from './assess.js';
import { commandLine } from './command-line.js';
import type { Observation } from './snapshot.js';
import type { Workspace } from './workspace.js';

/** Between the two samples of processor time, ms. */
const sampling = 200;

/** What the style tells of an instance, then what is known of its process and its files. */
export const describeInstance = async (
  observation: Observation,
  workspace: Workspace,
  look: Look,
  home: Home,
): Promise<readonly InfoLine[]> => [
  ...(await askStyle(observation, workspace, look)),
  ...(await processLines(observation, workspace, look)),
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
        call: (signal) => loaded.style.info(instance, sighting, readOnlyContext(workspace, look, signal)),
      });
      return result.ok ? result.value : [{ label: sighting.style, value: result.error.message }];
    }),
  );
  const flat = lines.flat();
  return flat.filter(({ label }, index) => flat.findIndex((other) => other.label === label) === index);
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

const processLines = async (
  observation: Observation,
  { host, signal }: Workspace,
  look: Look,
): Promise<readonly InfoLine[]> => {
  const assessment = assess(observation);
  const main = assessment.is === 'running' ? assessment.seen.main : null;
  const before = main === null ? undefined : findAlive(look.processes, main);
  if (main === null || before === undefined) return [];
  const details = host.processes.details(main.pid);
  await host.clock.sleep(sampling, signal);
  const after = host.processes.row(main.pid);
  const passed = host.clock.now() - look.processes.takenAt;
  const ticks = after === null || after.start !== main.start ? null : after.cpuTicks - before.cpuTicks;
  const cpu =
    ticks === null || passed <= 0
      ? null
      : Math.round((ticks / look.processes.ticksPerSecond / (passed / 1000)) * 1000) / 10;
  const below = descendantsOf(look.processes, main.pid);
  return [
    { label: 'command', value: commandLine(before, host), raw: details?.argv ?? [] },
    ...(details?.cwd == null ? [] : [{ label: 'cwd', value: details.cwd }]),
    ...(cpu === null ? [] : [{ label: 'cpu', value: `${cpu} %`, raw: cpu }]),
    { label: 'threads', value: String(before.threads), raw: before.threads },
    ...(below.length === 0
      ? []
      : [
          {
            label: 'processes below',
            value: below.map(({ pid, comm }) => `${pid} ${comm}`).join(', '),
            raw: below.map(({ pid }) => pid),
          },
        ]),
  ];
};

const recordLines = ({ instance, view }: Observation, home: Home): readonly InfoLine[] => {
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
    ...(instance.server.declaredIn === null
      ? []
      : [{ label: 'declared in', value: instance.server.declaredIn }]),
  ];
};
