import { messageOf } from '../model/errors/index.js';
import type { ServerKey } from '../model/key.js';
import { withDependencies } from '../model/order.js';
import type { Instance, Server } from '../model/server.js';
import type { Context, Look } from '../plugin/contract.js';
import type { LoadedStyle } from '../plugin/load.js';
import { Lanes, runHook } from '../plugin/run-hook.js';
import type { StartOutcome, StopOptions } from '../units/contract.js';
import type { Halt } from './halt-port.js';
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
    const stopped = await this.#inReverse(stops, (step) => this.#stopStep(step, 'restart'));
    const failed = new Map(
      stopped.filter(({ outcome }) => isBad(outcome)).map((report) => [report.key, report]),
    );
    if (this.#workspace.signal.aborted) return stopped;
    const steps = await planAgain();
    const started = await this.start(
      steps.filter(({ observation }) => !failed.has(observation.instance.key)),
    );
    return [
      ...failed.values(),
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
      call: (signal) => loaded.style.start(instance, this.#context(instance, signal)),
    });
    const ms = Math.round(this.#workspace.host.clock.monotonic() - began);
    return startReport(instance, result, ms, this.#workspace.say);
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
      if (!became)
        return reportOf(
          step,
          'keep',
          'failed',
          `${whose}, and did not become ready`,
          this.#workspace.say('logs', name, '--no-follow'),
        );
    }
    return reportOf(step, 'keep', 'unchanged', whose);
  }

  #stopStep(step: Step, verb: 'stop' | 'restart' = 'stop'): Promise<StepReport> {
    switch (step.action) {
      case 'stop':
      case 'rest':
        return stopInstance(step, verb, {
          workspace: this.#workspace,
          force: this.#options.force,
          context: (instance, signal) => this.#context(instance, signal),
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

  #context(instance: Instance, signal: AbortSignal): Context {
    const { units, environment } = this.#workspace;
    const { envName, updateEnv, noWait, force, on } = this.#options;
    const progress = (text: string): void => on({ kind: 'progress', server: targetOf(instance), text });
    const stop: StopOptions = { reason: 'asked', signal, progress, force };
    return {
      look: this.#look,
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
    const servers = new Map(
      steps.map(({ observation: { instance } }) => [instance.server.key, instance.server]),
    );
    const byServer = new Map<ServerKey, Promise<readonly StepReport[]>>();
    for (const server of withDependencies([...servers.values()], servers)) {
      const before = server.dependsOn.flatMap((key) => byServer.get(key) ?? []);
      byServer.set(
        server.key,
        this.#afterAll(
          before,
          steps.filter(({ observation }) => observation.instance.server.key === server.key),
          run,
        ),
      );
    }
    return (await Promise.all(byServer.values())).flat();
  }

  async #afterAll(
    before: readonly Promise<readonly StepReport[]>[],
    steps: readonly Step[],
    run: (step: Step) => Promise<StepReport>,
  ): Promise<readonly StepReport[]> {
    const failed = (await Promise.all(before)).flat().find(({ outcome }) => isBad(outcome));
    return Promise.all(
      steps.map((step) =>
        failed === undefined
          ? this.#tell(step, run)
          : this.#told(
              reportOf(
                step,
                'skip',
                'failed',
                `not started: ${failed.server}, which it depends on, did not start`,
              ),
            ),
      ),
    );
  }

  async #inReverse(
    steps: readonly Step[],
    run: (step: Step) => Promise<StepReport>,
  ): Promise<readonly StepReport[]> {
    const servers = new Map(
      steps.map(({ observation: { instance } }) => [instance.server.key, instance.server]),
    );
    const byServer = new Map<ServerKey, Promise<readonly StepReport[]>>();
    for (const server of withDependencies([...servers.values()], servers).toReversed()) {
      const dependents = [...servers.values()].flatMap(({ key, dependsOn }) =>
        dependsOn.includes(server.key) ? (byServer.get(key) ?? []) : [],
      );
      const mine = steps.filter(({ observation }) => observation.instance.server.key === server.key);
      byServer.set(
        server.key,
        Promise.all(dependents).then(() => Promise.all(mine.map((step) => this.#tell(step, run)))),
      );
    }
    return (await Promise.all([...byServer.values()].toReversed())).flat();
  }

  /** One step in its server's lane; whatever is thrown inside becomes its failure and stays with it. */
  async #tell(step: Step, run: (step: Step) => Promise<StepReport>): Promise<StepReport> {
    try {
      return this.#told(await this.#lanes.run(step.observation.instance.key, () => run(step)));
    } catch (thrown) {
      return this.#told(
        reportOf(step, step.action === 'stop' ? 'stop' : 'start', 'failed', messageOf(thrown)),
      );
    }
  }

  #told(step: StepReport): StepReport {
    this.#options.on({ kind: 'end', step });
    return step;
  }
}

const isBad = (outcome: StepReport['outcome']): boolean =>
  outcome === 'failed' || outcome === 'refused' || outcome === 'interrupted';
