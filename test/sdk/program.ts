import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Program = {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  readonly exit: Promise<Exit>;
  readonly stderr: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Every value of this key so far. */
  readonly said: (key: string) => readonly unknown[];
  /** Waits for the first line that has this key. */
  readonly line: (key: string) => Promise<Record<string, unknown>>;
};

const deadline = 15_000;

export const temporaryHome = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mpm-io-sdk-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Starts a program of this package and waits until it says its port. */
export const startProgram = async (
  t: ExecutionContext,
  path: string,
  parameters: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Program> => {
  const file = fileURLToPath(new URL(`../../../${path}`, import.meta.url));
  const child = spawn(process.execPath, [file, ...parameters], {
    env: { PATH: process.env['PATH'], MPM_IO_HOME: temporaryHome(t), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const exit = new Promise<Exit>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });

  const said: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    said.push(text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text });
    for (const wake of waiting) wake();
  });
  const line = (key: string): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = said.find((entry) => key in entry);
        if (found === undefined) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => reject(new Error(`no line with ${key}; stderr: ${stderr}`)), deadline);
      waiting.add(look);
      look();
    });
  const { port } = await line('port');
  return {
    pid: child.pid ?? 0,
    port: Number(port),
    url: `http://127.0.0.1:${Number(port)}`,
    exit,
    stderr: () => stderr,
    kill: (signal) => child.kill(signal),
    said: (key) => said.filter((entry) => key in entry).map((entry) => entry[key]),
    line,
  };
};

/** Starts `test/fixtures/sdk/managed-server.mjs`. */
export const startManaged = (
  t: ExecutionContext,
  kind: string,
  options: object = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Program> =>
  startProgram(t, 'test/fixtures/sdk/managed-server.mjs', [kind, JSON.stringify(options)], env);

export const json = async (url: string, init?: RequestInit): Promise<Record<string, unknown>> =>
  (await (await fetch(url, init)).json()) as Record<string, unknown>;

/** Asks again until it holds; fails at the deadline. */
export const until = async (holds: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  const end = performance.now() + deadline;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
};
