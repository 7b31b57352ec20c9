import { messageOf } from '../model/errors/index.js';
import type { Instance, Server } from '../model/server.js';
import { checkStart } from '../plugin/check-answer.js';
import type { Context, Look } from '../plugin/contract.js';
import { Lanes } from '../plugin/lanes.js';
import type { LoadedStyle } from '../plugin/load.js';
import { runHook } from '../plugin/run-hook.js';
import type { StartOutcome, StopOptions } from '../units/contract.js';
import { checkRestart } from './check-restart.js';
import { groupSteps, type ServerSteps } from './group-steps.js';
import type { Halt } from './halt-port.js';
import { lookFor } from './own-unit.js';
import { isOlder } from './is-older.js';
import type { Step } from './plan.js';
import type { StepReport } from './report.js';
import { targetOf } from './say.js';
import { stopInstance } from './stop-instance.js';
import { reportOf, startReport } from './step-report.js';
import { waitReady } from './wait-for.js';
import type { Workspace } from './workspace.js';

export type OperateOptions = {
  readonly envName: string | null;
  readonly updateEnv: boolean;
  readonly noWait: boolean;
  readonly force: boolean;
  /** Told while it happens; the reports come at the end. */
  readonly on: (event: OperateEvent) => void;
};

export type OperateEvent =
  | { readonly kind: 'progress'; readonly server: string; readonly text: string }
  | { readonly kind: 'end'; readonly step: StepReport };

/** Carries out what was planned. One per command: it keeps the lanes of the servers it works on. */
export class Operator {
  readonly #workspace: Workspace;
  readonly #look: Look;
  readonly #halt: Halt;
  readonly #options: OperateOptions;
  readonly #lanes = new Lanes();

  constructor(workspace: Workspace, look: Look, halt: Halt, options: OperateOptions) {
    this.#workspace = workspace;
    this.#look = look;
    this.#halt = halt;
    this.#options = options;
  }

  /** Starts side by side, each server when everything it depends on is ready (or done). */
  start(steps: readonly Step[]): Promise<readonly StepReport[]> {
    return this.#inOrder(steps, (step) => this.#startStep(step));
  }

  /** Stops side by side, each server after everything that depends on it. */
  stop(steps: readonly Step[]): Promise<readonly StepReport[]> {
    return this.#inReverse(steps, (step) => this.#stopStep(step));
  }

  /** Stops what runs, then starts it again where it was: same id, port and style. */
  async restart(
    stops: readonly Step[],
    planAgain: () => Promise<readonly Step[]>,
  ): Promise<readonly StepReport[]> {
    const refused = new Map<Step, StepReport>();
    for (const step of stops) {
      const report = await checkRestart(step, this.#workspace, (instance, signal) =>
        this.#context(instance, signal),
      );
      if (report !== null) refused.set(step, report);
    }
    const stopped = await this.#inReverse(stops, (step) => {
      const report = refused.get(step);
      return report === undefined ? this.#stopStep(step, 'restart') : Promise.resolve(report);
    });
    const settled = new Map(
      stopped
        .filter(({ outcome }) => isBad(outcome) || outcome === 'skipped')
        .map((report) => [report.key, report]),
    );
    if (this.#workspace.signal.aborted) return stopped;
    const steps = await planAgain();
    const started = await this.start(
      steps.filter(({ observation }) => !settled.has(observation.instance.key)),
    );
    return [
      ...settled.values(),
      ...started.map((report) =>
        report.action === 'start' ? { ...report, action: 'restart' as const } : report,
      ),
    ];
  }

  async #startStep(step: Step): Promise<StepReport> {
    const { instance } = step.observation;
    switch (step.action) {
      case 'start':
        return this.#launch(instance);
      case 'keep':
        return this.#keep(step);
      case 'skip':
        return reportOf(step, 'skip', 'skipped', step.message);
      case 'refuse':
        return reportOf(step, 'refuse', 'refused', step.message, step.hint);
      case 'stop':
      case 'rest':
        throw new TypeError(`${step.action} is no step of a start`);
      default:
        return step satisfies never;
    }
  }

  async #launch(instance: Instance): Promise<StepReport> {
    const loaded = this.#styleOf(instance.server);
    this.#options.on({ kind: 'progress', server: targetOf(instance), text: 'starting' });
    const began = this.#workspace.host.clock.monotonic();
    const result = await runHook<StartOutcome>({
      style: instance.server.style,
      hook: 'start',
      instance,
      signal: this.#workspace.signal,
      lanes: this.#lanes,
      call: async (signal) => checkStart(await loaded.style.start(instance, this.#context(instance, signal))),
    });
    const ms = Math.round(this.#workspace.host.clock.monotonic() - began);
    const report = startReport(instance, result, ms, this.#workspace.say);
    return result.ok && result.value.kind === 'running' ? this.#readyOf(instance, report) : report;
  }

  /** Somebody else has started it a moment ago: it is as good as that start. */
  async #readyOf(instance: Instance, report: StepReport): Promise<StepReport> {
    if (this.#options.noWait || (await waitReady(this.#workspace, instance))) return report;
    const { say, signal } = this.#workspace;
    if (signal.aborted)
      return { ...report, outcome: 'interrupted', message: 'interrupted before it was ready' };
    return {
      ...report,
      outcome: 'failed',
      fault: 'operation',
      message: 'was being started by another command, and did not become ready',
      hint: say('logs', targetOf(instance), '--no-follow'),
    };
  }

  /** It runs already. Success is told only for what is seen ready. */
  async #keep(step: Step & { action: 'keep' }): Promise<StepReport> {
    const { observation, seen, ours, ready } = step;
    const name = targetOf(observation.instance);
    const pid = seen.main?.pid ?? null;
    const whose = ours
      ? `is running${pid === null ? '' : ` (PID ${pid})`}`
      : `is running${pid === null ? '' : ` (PID ${pid})`} and is not ours: mpm-io did not start it`;
    if (ready === false && !this.#options.noWait) {
      const became = await waitReady(this.#workspace, observation.instance);
      if (!became && this.#workspace.signal.aborted)
        return reportOf(step, 'keep', 'interrupted', `${whose}; interrupted before it was ready`);
      if (!became)
        return reportOf(
          step,
          'keep',
          'failed',
          `${whose}, and did not become ready`,
          this.#workspace.say('logs', name, '--no-follow'),
        );
    }
    return ours && isOlder(observation, this.#workspace.styles)
      ? {
          ...reportOf(step, 'keep', 'unchanged', `${whose}, as it was declared before its file changed`),
          hint: `Apply the change with: ${this.#workspace.say('restart', name)}`,
        }
      : reportOf(step, 'keep', 'unchanged', whose);
  }

  #stopStep(step: Step, verb: 'stop' | 'restart' = 'stop'): Promise<StepReport> {
    switch (step.action) {
      case 'stop':
      case 'rest':
        return stopInstance(step, verb, {
          workspace: this.#workspace,
          force: this.#options.force,
          context: (instance, signal) =>
            this.#context(instance, signal, verb === 'restart' ? 'restart' : 'asked'),
          lanes: this.#lanes,
          halt: this.#halt,
        });
      case 'refuse':
        return Promise.resolve(reportOf(step, 'refuse', 'refused', step.message, step.hint));
      case 'skip':
        return Promise.resolve(reportOf(step, 'skip', 'skipped', step.message));
      case 'start':
      case 'keep':
        throw new TypeError(`${step.action} is no step of a stop`);
      default:
        return step satisfies never;
    }
  }

  #styleOf(server: Server): LoadedStyle {
    const loaded = this.#workspace.styles.get(server.style);
    if (loaded === undefined) throw new TypeError(`the style ${server.style} is not loaded`);
    return loaded;
  }

  #context(instance: Instance, signal: AbortSignal, reason: StopOptions['reason'] = 'asked'): Context {
    const { units, environment } = this.#workspace;
    const { envName, updateEnv, noWait, force, on } = this.#options;
    const progress = (text: string): void => on({ kind: 'progress', server: targetOf(instance), text });
    const stop: StopOptions = { reason, signal, progress, force };
    return {
      look: lookFor([instance], this.#look, signal),
      units,
      signal,
      progress,
      start: { environment, updateEnv, envName, noWait, signal, progress },
      stop,
      halt: (target) => this.#halt(target, stop),
    };
  }

  /** Runs each step when the steps of its dependencies have ended well; a step whose dependency failed is skipped. */
  async #inOrder(
    steps: readonly Step[],
    run: (step: Step) => Promise<StepReport>,
  ): Promise<readonly StepReport[]> {
    const running = new Map<ServerSteps, Promise<readonly StepReport[]>>();
    for (const group of groupSteps(steps)) {
      const before = group.needs.flatMap((needed) => running.get(needed) ?? []);
      running.set(group, this.#afterAll(before, group.steps, run));
    }
    return (await Promise.all(running.values())).flat();
  }

  async #afterAll(
    before: readonly Promise<readonly StepReport[]>[],
    steps: readonly Step[],
    run: (step: Step) => Promise<StepReport>,
  ): Promise<readonly StepReport[]> {
    const failed = (await Promise.all(before)).flat().find(({ outcome }) => isBad(outcome));
    return Promise.all(
      steps.map(async (step) => {
        // What runs already needs nobody: that it is kept is no lie because a dependency is down.
        if (failed === undefined || step.action === 'keep') return this.#tell(step, run);
        const why = `not started: ${failed.server}, which it depends on, did not start`;
        return this.#told(reportOf(step, 'skip', 'failed', why));
      }),
    );
  }

  async #inReverse(
    steps: readonly Step[],
    run: (step: Step) => Promise<StepReport>,
  ): Promise<readonly StepReport[]> {
    const running = new Map<ServerSteps, Promise<readonly StepReport[]>>();
    for (const group of groupSteps(steps).toReversed()) {
      const before = [...running].flatMap(([other, ended]) => (other.needs.includes(group) ? [ended] : []));
      running.set(
        group,
        Promise.all(before).then(() => Promise.all(group.steps.map((step) => this.#tell(step, run)))),
      );
    }
    return (await Promise.all([...running.values()].toReversed())).flat();
  }

  /** One step; whatever is thrown inside becomes its failure and stays with it. */
  async #tell(step: Step, run: (step: Step) => Promise<StepReport>): Promise<StepReport> {
    try {
      const { signal } = this.#workspace;
      if (signal.aborted && step.action !== 'refuse' && step.action !== 'skip')
        return this.#told(reportOf(step, verbOf(step), 'interrupted', 'interrupted before its turn came'));
      return this.#told(await run(step));
    } catch (thrown) {
      return this.#told(reportOf(step, verbOf(step), 'failed', messageOf(thrown)));
    }
  }

  #told(step: StepReport): StepReport {
    this.#options.on({ kind: 'end', step });
    return step;
  }
}

const verbOf = ({ action }: Step): StepReport['action'] => (action === 'rest' ? 'stop' : action);

const isBad = (outcome: StepReport['outcome']): boolean =>
  outcome === 'failed' || outcome === 'refused' || outcome === 'interrupted';
