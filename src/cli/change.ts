import { halt } from '../units/halt.js';
import { mpmError } from '../model/errors/index.js';
import { Operator, type OperateEvent } from '../engine/operate.js';
import type { Picked } from '../engine/pick.js';
import type { Step } from '../engine/plan.js';
import { reportInstance } from '../engine/build-report.js';
import type { StepReport } from '../engine/report.js';
import { targetOf } from '../engine/say.js';
import { reportOf } from '../engine/step-report.js';
import { lookAt, takeSnapshot, type Workspace } from '../engine/workspace.js';
import { asCalled } from './as-called.js';
import { exit, type Invocation, printJson } from './invocation.js';
import { ProgressView } from './render/progress-view.js';
import { planText } from './render/steps.js';

/** Carries out a change with progress on stderr, then tells what became of it: lines there, or one document on stdout. */
export const carryOut = async (
  invocation: Invocation,
  workspace: Workspace,
  picked: Picked,
  work: (operator: Operator, tell: (step: StepReport) => void) => Promise<readonly StepReport[]>,
  isTold: (step: StepReport) => boolean = () => true,
): Promise<number> => {
  const { io, options, err } = invocation;
  const json = options.flag('json');
  if (!json && picked.observations.length === 0) io.stderr.write(nothingText(options.number('port')));
  const view = json ? null : new ProgressView(io.stderr, err, workspace.host.clock);
  const on = (event: OperateEvent): void => {
    if (event.kind === 'progress') view?.update(event.server, event.text);
    else if (isTold(event.step)) view?.finish(pasteable(event.step));
  };
  const pasteable = (step: StepReport): StepReport => ({
    ...step,
    hint: step.hint === null ? null : asCalled(step.hint, io.argv, io),
  });
  const operator = new Operator(
    workspace,
    picked.snapshot.look,
    (target, stop) => halt(workspace.host, target, stop),
    {
      envName: options.text('env'),
      updateEnv: options.flag('update-env'),
      noWait: options.choice('wait') === false,
      force: options.flag('force'),
      on,
    },
  );
  let steps: readonly StepReport[];
  const release = io.hold();
  try {
    steps = (await work(operator, (step) => view?.finish(step))).map(pasteable);
  } finally {
    release();
    view?.dispose();
  }
  if (json) await printSteps(invocation, workspace, picked, steps);
  return exitOf(steps, io.signal);
};

const nothingText = (port: number | null): string =>
  port === null ? 'There is no such server.\n' : `Nobody listens on port ${port}.\n`;

const printSteps = async (
  { io }: Invocation,
  called: Workspace,
  picked: Picked,
  steps: readonly StepReport[],
): Promise<void> => {
  // An interrupt ends the change, not the look at what came of it.
  const workspace = { ...called, signal: new AbortController().signal };
  const look = lookAt(workspace);
  const selected = picked.observations.map(({ instance, undeclared }) => ({ instance, undeclared }));
  const after = await takeSnapshot(workspace, look, selected, { recognise: false });
  printJson(io, {
    steps,
    servers: after.observations.map((observation) => reportInstance(observation, look)),
  });
};

const exitOf = (steps: readonly StepReport[], signal: AbortSignal): number => {
  if (signal.aborted) return exit.interrupted;
  const faults = steps.flatMap(({ fault }) => fault ?? []);
  if (faults.length === 0) return exit.ok;
  // Wrong as a whole is a wrong command; a part of a list that could not be is a failure.
  return faults.length === steps.length && faults.every((fault) => fault === 'usage')
    ? exit.usage
    : exit.failed;
};

/** What a plan comes to in the words of its command; a restart plans stops, and so does a delete. */
export type PlanWords = { readonly stop: string; readonly rest: (step: Step) => string };

const plainWords: PlanWords = { stop: 'would be stopped', rest: () => 'is not running' };

/** `--dry-run`: what would be done. Refusals are told as they would be met, with the same exit code. */
export const showPlan = (
  { io, options, out }: Invocation,
  steps: readonly Step[],
  words: PlanWords = plainWords,
): number => {
  const reports = steps.map((step) => plannedReport(step, words));
  if (options.flag('json')) printJson(io, { steps: reports, servers: [] });
  else io.stdout.write(planText(reports, out));
  return exitOf(reports, io.signal);
};

const plannedReport = (step: Step, words: PlanWords): StepReport => {
  switch (step.action) {
    case 'start':
      return reportOf(step, 'start', 'planned', 'would be started');
    case 'keep':
      return {
        ...reportOf(step, 'keep', 'unchanged', 'is running and would be kept'),
        pid: step.seen.main?.pid ?? null,
      };
    case 'stop':
      return {
        ...reportOf(step, 'stop', 'planned', words.stop),
        pid: step.seen[0]?.main?.pid ?? null,
      };
    case 'rest':
      return reportOf(step, 'stop', 'unchanged', words.rest(step));
    case 'skip':
      return reportOf(step, 'skip', 'skipped', step.message);
    case 'refuse':
      return reportOf(step, 'refuse', 'refused', step.message, step.hint);
    default:
      return step satisfies never;
  }
};

/** A change that reaches over several files, or to servers of another than the one here, is named and asked for. */
export const confirmSpan = async (
  { io, options }: Invocation,
  workspace: Workspace,
  picked: Picked,
): Promise<void> => {
  if (options.flag('yes') || options.flag('dry-run')) return;
  const what = workspace.ecosystem.file === null ? spanOf(picked) : othersOf(picked, workspace, options);
  if (what === null) return;
  const answer = io.ask === null ? '' : await io.ask(`${what}. Go on? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw mpmError('NOT_CONFIRMED', { what });
};

const spanOf = ({ observations }: Picked): string | null => {
  const files = [...new Set(observations.map(({ instance }) => instance.server.declaredIn))];
  return files.length < 2
    ? null
    : `this reaches servers of ${files.length} files: ${files.map((file) => file ?? 'none').join(', ')}`;
};

/** A name is looked up in the file here, then in the records: what is found there only belongs to somebody else's file. */
const othersOf = (
  { observations, pointed }: Picked,
  { ecosystem }: Workspace,
  options: Invocation['options'],
): string | null => {
  if (pointed || options.flag('everywhere')) return null;
  const others = observations.filter(
    ({ instance: { server } }) => server.declaredIn !== null && server.declaredIn !== ecosystem.file,
  );
  if (others.length === 0) return null;
  const names = [...new Set(others.map(({ instance }) => targetOf(instance)))].join(', ');
  const files = [...new Set(others.map(({ instance }) => instance.server.declaredIn))].join(', ');
  return `${names} is not of the file here, but of ${files}`;
};
