/**
 * What a system tool prints; `null` when it is missing, fails, or takes longer than 5 s. Synchronous, because the
 * process table is; `node:child_process` is fetched here, so that Linux does not pay for it.
 */
export const toolText = (program: string, args: readonly string[]): string | null => {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
    timeout: 5000,
  });
  return result.error === undefined && result.status === 0 ? result.stdout : null;
};
