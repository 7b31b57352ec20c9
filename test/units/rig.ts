import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { createHost } from '../../src/host/index.js';
import type { StopStep, UnitSpec } from '../../src/model/unit.js';
import type { StartOptions, StartOutcome, StopOptions } from '../../src/units/contract.js';
import { createLauncher } from '../../src/units/launcher.js';
import { openHome } from '../../src/units/home.js';
import { readRecords } from '../../src/units/record-reader.js';
import { viewUnits } from '../../src/units/views.js';
import type { UnitView } from '../../src/model/unit-view.js';

export const host = createHost();
export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../test/fixtures/units/${name}`, import.meta.url));

/** A folder with a home in it; whatever was started from that home is ended at the end. */
export const makeRig = (t: ExecutionContext) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpm-units-')));
  const path = join(folder, 'home');
  const home = openHome({ env: { MPM_IO_HOME: path }, user: host.user, host });
  const units = createLauncher({ host, home });
  t.teardown(() => {
    for (const pid of carriersOf(path)) killHard(pid);
    rmSync(folder, { recursive: true, force: true });
  });
  const view = (key: string): UnitView | undefined =>
    viewUnits(host, home, readRecords(host, home), host.processes.table()).get(key);
  return { folder, path, home, units, view };
};

export type Rig = ReturnType<typeof makeRig>;

/** Processes whose marker names this home. */
export const carriersOf = (path: string): number[] =>
  [...host.processes.table().rows.values()]
    .filter(({ pid, state }) => state !== 'Z' && hasMarker(pid, path))
    .map(({ pid }) => pid);

const hasMarker = (pid: number, path: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`MPM_IO_UNIT=${path}/`);
  } catch {
    return false;
  }
};

export const killHard = (pid: number): void => {
  if (pid === process.pid || pid <= 1) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
};

export const sigterm = (wait: number, to: 'main' | 'tree' = 'tree'): StopStep => ({
  kind: 'signal',
  signal: 'SIGTERM',
  to,
  wait,
});

type Overrides = Partial<Omit<UnitSpec, 'launch' | 'ready' | 'logs' | 'restart' | 'stop'>> & {
  readonly argv?: readonly string[];
  readonly shell?: string;
  readonly launch?: Partial<UnitSpec['launch']>;
  readonly ready?: Partial<UnitSpec['ready']>;
  readonly logs?: Partial<UnitSpec['logs']>;
  readonly restart?: Partial<UnitSpec['restart']>;
  readonly stop?: Partial<UnitSpec['stop']>;
};

export const unit = (overrides: Overrides = {}): UnitSpec => {
  const { argv, shell, launch, ready, logs, restart, stop, ...rest } = overrides;
  const command = shell === undefined ? { argv: argv ?? ['sleep', '1000'] } : { shell };
  return {
    key: 'default/web:0',
    style: 'supervised',
    type: 'service',
    declaredIn: null,
    launch: {
      command,
      cwd: '/tmp',
      env: {},
      envFiles: [],
      filterEnv: false,
      user: null,
      umask: null,
      nice: null,
      nofile: null,
      ...launch,
    },
    main: { kind: 'self' },
    writePidFile: null,
    port: null,
    host: '127.0.0.1',
    socket: null,
    ready: {
      probe: null,
      interval: 200,
      timeout: 15_000,
      probeTimeout: 1000,
      startPeriod: 0,
      anyOwner: false,
      ...ready,
    },
    health: null,
    stop: { steps: [sigterm(8000)], leaveTree: false, ...stop },
    restart: {
      policy: 'always',
      maxRestarts: 10,
      window: 60_000,
      minUptime: 1000,
      backoff: { first: 0, min: 100, max: 15_000, factor: 2 },
      exitCodes: [],
      ...restart,
    },
    limits: { memory: null },
    cron: null,
    watch: null,
    logs: {
      out: null,
      err: null,
      combined: null,
      merge: false,
      json: false,
      timestamps: false,
      maxSize: null,
      maxAge: null,
      keep: 5,
      ...logs,
    },
    stdin: false,
    waitFor: [],
    reload: 'restart',
    autostart: true,
    pm2: false,
    ...rest,
  };
};

export const node = process.execPath;

export const startOptions = (overrides: Partial<StartOptions> = {}): StartOptions => ({
  environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: '/root' },
  updateEnv: false,
  envName: null,
  noWait: false,
  signal: new AbortController().signal,
  progress: () => undefined,
  ...overrides,
});

export const stopOptions = (overrides: Partial<StopOptions> = {}): StopOptions => ({
  reason: 'asked',
  signal: new AbortController().signal,
  progress: () => undefined,
  force: false,
  ...overrides,
});

export const fixed = (port: number, spread = true): UnitSpec['port'] => ({ kind: 'fixed', port, spread });

/** A port that nobody had a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

/** Asks until it is so, or fails with what it asked for. */
export const until = async <T>(
  what: string,
  ask: () => T | null | undefined | false,
  ms = 10_000,
): Promise<T> => {
  const deadline = Date.now() + ms;
  for (;;) {
    const answer = ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await host.clock.sleep(10);
  }
};

export const isAlive = (pid: number): boolean => host.processes.identify(pid) !== null;

export const readNumber = (path: string): number | null => {
  try {
    const text = readFileSync(path, 'utf8');
    return /^\d+\s*$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
};

export const mainOf = (outcome: StartOutcome): { pid: number; start: number; boot: string } => {
  if (
    (outcome.kind === 'ready' || outcome.kind === 'running' || outcome.kind === 'spawned') &&
    outcome.main !== null
  ) {
    return outcome.main;
  }
  throw new Error(`it has no main process: ${JSON.stringify(outcome)}`);
};
