import type { Instance } from '../model/server.js';
import type { HookResult } from '../plugin/run-hook.js';
import type { StartOutcome } from '../units/contract.js';
import type { Step } from './plan.js';
import type { StepReport } from './report.js';
import { targetOf, type Say } from './say.js';

/** What became of a step that needed no hook. */
export const reportOf = (
  step: Step,
  action: StepReport['action'],
  outcome: StepReport['outcome'],
  message: string,
  hint: string | null = null,
): StepReport => ({
  ...blank(step.observation.instance),
  action,
  outcome,
  message,
  hint,
  fault:
    outcome !== 'failed' && outcome !== 'refused'
      ? null
      : step.action === 'refuse' && step.usage
        ? 'usage'
        : 'operation',
});

export const blank = (instance: Instance): Omit<StepReport, 'action' | 'outcome' | 'message'> => ({
  server: targetOf(instance),
  key: instance.key,
  hint: null,
  fault: null,
  pid: null,
  port: null,
  ms: 0,
  details: [],
});

/** What became of a start, in words. */
export const startReport = (
  instance: Instance,
  result: HookResult<StartOutcome>,
  ms: number,
  say: Say,
): StepReport => {
  const base = { ...blank(instance), action: 'start' as const, ms };
  if (!result.ok)
    return {
      ...base,
      outcome: 'failed',
      fault: 'operation',
      message: withoutName(result.error.message, instance),
      hint: result.error.hint,
    };
  const outcome = result.value;
  const name = targetOf(instance);
  switch (outcome.kind) {
    case 'ready':
      return {
        ...base,
        outcome: 'done',
        message: `online${at(outcome.port)} (PID ${outcome.main.pid}, ready in ${Math.round(outcome.ms)} ms)`,
        pid: outcome.main.pid,
        port: outcome.port,
        details: outcome.warnings,
      };
    case 'spawned':
      return {
        ...base,
        outcome: 'done',
        message: `started${at(outcome.port)}${outcome.main === null ? '' : ` (PID ${outcome.main.pid})`}; nobody waited for it to be ready`,
        hint: `Wait for it with: ${say('wait', name)}`,
        pid: outcome.main?.pid ?? null,
        port: outcome.port,
      };
    case 'running':
      return {
        ...base,
        action: 'keep',
        outcome: 'unchanged',
        message: `is running${at(outcome.port)} (PID ${outcome.main.pid})${outcome.olderSpec ? ', as it was declared before its file changed' : ''}`,
        hint: outcome.olderSpec ? `Apply the change with: ${say('restart', name)}` : null,
        pid: outcome.main.pid,
        port: outcome.port,
      };
    case 'done':
      return { ...base, outcome: 'done', message: `done (in ${Math.round(outcome.ms)} ms)` };
    case 'failed':
      return {
        ...base,
        outcome: 'failed',
        fault: 'operation',
        message: withoutName(outcome.message, instance),
        hint: outcome.hint,
        details: outcome.stderr,
      };
    case 'interrupted':
      return {
        ...base,
        outcome: 'interrupted',
        message: 'interrupted before it was ready; what was started of it is stopped',
      };
    default:
      return outcome satisfies never;
  }
};

/** The line that tells it begins with the server's name already. */
const withoutName = (message: string, instance: Instance): string => {
  const { name } = instance.server;
  for (const head of [targetOf(instance), `${name}:${instance.index}`, name])
    if (message.startsWith(`${head} `)) return message.slice(head.length + 1);
  return message;
};

const at = (port: number | null): string => (port === null ? '' : ` on port ${port}`);
