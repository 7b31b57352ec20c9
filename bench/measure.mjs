import { spawnSync } from 'node:child_process';

/** Wall time of one run of a program to its end, ms; what it prints goes to pipes, as in a script. */
export const timeOf = ({ argv: [program, ...args], cwd, env, codes = [0], told = () => undefined }) => {
  const began = performance.now();
  const result = spawnSync(program, args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' });
  const ms = performance.now() - began;
  if (!codes.includes(result.status))
    throw new Error(`${args.join(' ')} ended with ${result.status ?? result.signal}: ${result.stderr}`);
  told(result.stdout);
  return ms;
};

/**
 * Times several things round by round, A B C A B C, so that whatever else the machine does falls on all of them;
 * the first round warms the caches and does not count.
 */
export const interleave = async (rounds, tasks) => {
  const times = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1)
    for (const [name, task] of Object.entries(tasks)) {
      const ms = await task();
      if (round >= 0) times[name].push(ms);
    }
  return times;
};

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Of medians, not of rounds: on a busy machine one slow second falls on either. */
export const ratio = (over, under) => median(over) / median(under);
export const difference = (over, under) => median(over) - median(under);
