import type {
  FileStat,
  HttpAnswer,
  HttpRequest,
  RunOptions,
  RunResult,
  SpawnRequest,
} from '../../host/host.js';

/** A process of the fake system. All but what a test is about may be left out. */
export type FakeProcess = {
  readonly pid?: number;
  readonly ppid?: number;
  readonly pgid?: number;
  readonly session?: number;
  readonly state?: string;
  /** Clock ticks since the fake boot, 100 a second; by default now, and later than any process before. */
  readonly start?: number;
  readonly comm?: string;
  readonly argv?: readonly string[];
  readonly uid?: number;
  readonly cwd?: string;
  readonly exe?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cgroup?: string;
  readonly rssBytes?: number;
  readonly cpuTicks?: number;
  readonly threads?: number;
  readonly listen?: readonly FakeListen[];
  /** Signals that do nothing to it; with SIGKILL in it, it cannot be ended, as one in state D. */
  readonly ignores?: readonly string[];
  /** How long it takes to end after a signal, ms. */
  readonly endsAfter?: number;
  /** Its parent does not reap: it stays in the table as a zombie. */
  readonly staysZombie?: boolean;
  /** Told of every signal that reaches it, before its effect. */
  readonly onSignal?: (signal: string) => void;
};

export type FakeListen = { readonly port: number; readonly address?: string };

export type FakeFile = {
  readonly kind?: FileStat['kind'];
  readonly uid?: number;
  readonly mode?: number;
  readonly mtimeMs?: number;
  /** It is there and cannot be opened. */
  readonly unreadable?: boolean;
};

/** What stands behind a URL. `hang` uses up the whole timeout; an object as body is sent as JSON. */
export type FakeRoute =
  | {
      readonly status?: number;
      readonly body?: string | object;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'hang'
  | Exclude<Extract<HttpAnswer, { kind: 'none' }>['why'], 'timeout' | 'aborted'>;

export type FakeAnswer = FakeRoute | ((request: HttpRequest) => FakeRoute | Promise<FakeRoute>);

/** How a program that is run to its end behaves. */
export type FakeRun =
  | { readonly code?: number; readonly stdout?: string; readonly stderr?: string }
  | RunResult
  | 'missing'
  | 'hang';

export type FakeProgram =
  FakeRun | ((argv: readonly string[], options: RunOptions) => FakeRun | Promise<FakeRun>);

/** What comes of a detached spawn: a process that differs so from the request, or a failure. */
export type FakeSpawn =
  | (FakeProcess & { readonly code?: never; readonly text?: never })
  | { readonly code: string; readonly text: string };

export type FakeSpawner = (request: SpawnRequest) => FakeSpawn;

export type FakeSetup = {
  readonly platform?: NodeJS.Platform;
  readonly uid?: number;
  readonly name?: string;
  readonly home?: string;
  readonly boot?: string;
  /** Epoch, ms, when it begins. */
  readonly now?: number;
  /** `auto` (the default): a sleep passes at once and moves the clock. `manual`: only `advance` moves it. */
  readonly time?: 'auto' | 'manual';
};
