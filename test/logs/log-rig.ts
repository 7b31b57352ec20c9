import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { follow } from '../../src/logs/follow.js';
import type { FollowOptions } from '../../src/logs/follow.js';
import type { LogFile, LogLine } from '../../src/logs/log-line.js';

export const tempFolder = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mpm-io-logs-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export const outOf = (source: string, path: string): LogFile => ({ source, stream: 'out', path });

/** Follows in the background; `until` resolves when what was seen satisfies, and fails at its deadline. */
export const following = (
  t: ExecutionContext,
  files: readonly LogFile[],
  options: Partial<FollowOptions> = {},
) => {
  const controller = new AbortController();
  const seen: LogLine[] = [];
  const waiters = new Set<() => void>();
  const ended = (async () => {
    for await (const line of follow(files, { lines: 10, ...options, signal: controller.signal })) {
      seen.push(line);
      for (const check of waiters) check();
    }
  })();
  t.teardown(() => controller.abort());
  const until = (isEnough: (lines: readonly LogLine[]) => boolean, what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        waiters.delete(check);
        reject(new Error(`not seen in time: ${what}; saw ${seen.length} lines, last: ${seen.at(-1)?.line}`));
      }, 15_000);
      const check = (): void => {
        if (!isEnough(seen)) return;
        clearTimeout(deadline);
        waiters.delete(check);
        resolve();
      };
      waiters.add(check);
      check();
    });
  const texts = (): readonly string[] => seen.map(({ line }) => line);
  return { seen, texts, until, ended, stop: () => controller.abort() };
};
