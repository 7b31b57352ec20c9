export type InstanceCount = {
  readonly instances: number;
  /** Why there are fewer than pm2 would start. */
  readonly differs: { readonly key: 'exec_mode' | 'instances'; readonly how: string } | null;
};

/**
 * How many instances an app gets. pm2 makes a cluster of a Node script as soon as `instances` is there; one port for
 * several processes needs a cluster, so such an app is one instance for now.
 */
export const countInstances = (
  given: number | string | undefined,
  mode: string | undefined,
  isNode: boolean,
  cpus: number,
): InstanceCount => {
  const count = howMany(given, cpus);
  const cluster = mode === 'cluster' || mode === 'cluster_mode';
  if (cluster)
    return {
      instances: 1,
      differs: {
        key: 'exec_mode',
        how: `there is no cluster yet: it is one instance${count === 1 ? '' : ` instead of ${count}`}`,
      },
    };
  if (mode === undefined && isNode && count !== 1)
    return {
      instances: 1,
      differs: {
        key: 'instances',
        how: `pm2 makes a cluster of it, and there is none yet: it is one instance instead of ${count}; for ${count} separate ones say exec_mode: "fork"`,
      },
    };
  return { instances: count, differs: null };
};

/** `max` and 0: one per CPU; negative: so many fewer. */
const howMany = (given: number | string | undefined, cpus: number): number => {
  if (given === undefined) return 1;
  const number = String(given).trim() === 'max' ? 0 : Number(given);
  return number > 0 ? number : Math.max(1, cpus + number);
};
