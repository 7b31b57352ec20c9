import { spawn, type ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import type { Finding } from '../../src/model/finding.js';
import type { DiagnosisReport, PortListener } from '../../src/engine/diagnosis.js';
import type { InstanceReport, StepReport } from '../../src/engine/report.js';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const fixture = (name: string): string => join(root, 'test/fixtures', name);
/** A server that answers `/health`; see its file for what it can be asked to do wrong. */
export const server = fixture('cli/server.mjs');

/** A list that a test expects something in. */
type Some<T> = readonly [T, ...T[]];
export type Row = Omit<InstanceReport, 'pid' | 'reason'> & { readonly pid: number; readonly reason: string };
export type FoundRemedy = { readonly text: string; readonly shell: string };
export type FoundFinding = Omit<Finding, 'remedies'> & { readonly remedies: Some<FoundRemedy> };

/** The documents of all commands in one type: a test knows which of them it has asked for, and fails where it is not that. */
export type Answer = {
  readonly servers: Some<Row>;
  readonly undeclared: readonly Row[];
  readonly findings: Some<FoundFinding>;
  readonly ports: Some<{
    readonly listeners: Some<
      Omit<PortListener, 'holders'> & { readonly holders: Some<{ readonly pid: number }> }
    >;
  }>;
  readonly claims: DiagnosisReport['claims'];
  readonly steps: Some<StepReport>;
  readonly styles: Some<{ readonly name: string; readonly source: string }>;
  readonly keys: readonly unknown[];
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly facts: { readonly problems: readonly unknown[] };
  };
};

export type Result = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as a person sees them. */
  readonly text: string;
  /** What `--json` printed. */
  readonly json: Answer;
};

export type RunOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
};

export type Started = {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: () => Promise<number | null>;
};

export type Project = {
  readonly folder: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  readonly file: (name: string, content: unknown, mode?: number) => string;
  readonly read: (name: string) => string;
  /** The real program, as built. */
  readonly mpm: (...args: readonly string[]) => Promise<Result>;
  readonly mpmWith: (options: RunOptions, ...args: readonly string[]) => Promise<Result>;
  /** A line as printed, through a shell with `mpm-io` on its path. */
  readonly shell: (line: string, options?: RunOptions) => Promise<Result>;
  /** The program, left running. */
  readonly mpmStarted: (...args: readonly string[]) => Started;
  /** A process that mpm-io knows nothing of. */
  readonly run: (program: string, ...args: readonly string[]) => Started;
  /** The same, once it has printed its first line. */
  readonly listening: (program: string, ...args: readonly string[]) => Promise<Started>;
  readonly status: (...args: readonly string[]) => Promise<Some<Row>>;
  readonly server: (name: string, ...args: readonly string[]) => Promise<Row>;
};

/** A folder with an ecosystem file, a home of its own, and an end that leaves no process of it. */
export const project = (
  t: ExecutionContext,
  servers: readonly unknown[] | null = null,
  files: Readonly<Record<string, string>> = {},
): Project => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'mpm-e2e-')));
  const folder = join(base, 'project');
  const home = join(base, 'home');
  mkdirSync(folder);
  mkdirSync(join(base, 'bin'));
  symlinkSync(join(root, 'bin/mpm-io.js'), join(base, 'bin/mpm-io'));
  const env = {
    PATH: `${join(base, 'bin')}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    HOME: base,
    MPM_IO_HOME: home,
    LANG: 'C.UTF-8',
  };
  t.teardown(async () => {
    await killEverythingOf(home);
    rmSync(base, { recursive: true, force: true });
  });
  const file: Project['file'] = (name, content, mode = 0o644) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2), { mode });
    return path;
  };
  if (servers !== null) file('ecosystem.json', { servers });
  for (const [name, text] of Object.entries(files)) file(name, text);

  const start = (program: string, args: readonly string[], options: RunOptions = {}): Started => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? folder,
      env: { ...env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    let text = '';
    const take = (chunk: Buffer): void => void (text += chunk.toString());
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const ended = new Promise<number | null>((resolve) => {
      child.on('error', () => resolve(null));
      child.on('close', (code) => resolve(code));
    });
    return { pid: child.pid ?? -1, child, output: () => text, ended: () => ended };
  };

  const call = (program: string, args: readonly string[], options: RunOptions = {}): Promise<Result> => {
    const started = start(program, args, options);
    const parts = { stdout: '', stderr: '' };
    started.child.stdout?.on('data', (chunk: Buffer) => (parts.stdout += chunk.toString()));
    started.child.stderr?.on('data', (chunk: Buffer) => (parts.stderr += chunk.toString()));
    const timer = setTimeout(() => started.child.kill('SIGKILL'), 50_000);
    return started.ended().then((code) => {
      clearTimeout(timer);
      return {
        ...parts,
        code,
        text: started.output(),
        get json() {
          return JSON.parse(parts.stdout) as Answer;
        },
      };
    });
  };

  const mpmWith: Project['mpmWith'] = (options, ...args) =>
    call(process.execPath, [join(base, 'bin/mpm-io'), ...args], options);
  const run: Project['run'] = (program, ...args) =>
    /\.[mc]?js$/.test(program) ? start(process.execPath, [program, ...args]) : start(program, args);
  const statusOf: Project['status'] = async (...args) =>
    (await mpmWith({}, 'status', '--json', ...args)).json.servers;
  return {
    folder,
    home,
    env,
    file,
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    mpm: (...args) => mpmWith({}, ...args),
    mpmWith,
    shell: (line, options) => call('/bin/sh', ['-c', line], options),
    mpmStarted: (...args) => start(process.execPath, [join(base, 'bin/mpm-io'), ...args]),
    run,
    listening: async (program, ...args) => {
      const started = run(program, ...args);
      await eventually(() => started.output().includes('"listening":true'), `${program} listens`);
      return started;
    },
    status: statusOf,
    server: async (name, ...args) => {
      const found = (await statusOf(...args)).find((row) => row.name === name);
      if (found === undefined) throw new Error(`${name} is not in status`);
      return found;
    },
  };
};

/** The finding of that rule, which is to be there. */
export const findingOf = ({ findings }: Answer, rule: string): FoundFinding => {
  const found = findings.find((finding) => finding.rule === rule);
  if (found === undefined) throw new Error(`no finding ${rule} in ${JSON.stringify(findings)}`);
  return found;
};

/** Polls until it holds; a test never sleeps and hopes. */
export const eventually = async (
  holds: () => boolean | Promise<boolean>,
  what: string,
  ms = 20_000,
): Promise<void> => {
  const deadline = Date.now() + ms;
  for (;;) {
    if (await holds()) return;
    if (Date.now() > deadline) throw new Error(`it did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};

/** Neither gone nor a zombie. */
export const isAlive = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2)[0] ?? 'X');
  } catch {
    return false;
  }
};

export const isGone = (pid: number, what = `process ${pid}`): Promise<void> =>
  eventually(() => !isAlive(pid), `the end of ${what}`);

/** A port that is free on both loopbacks, with `count - 1` free ones above it. */
export const freePort = async (count = 1): Promise<number> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const first = 12_000 + Math.floor(Math.random() * 19_000);
    const ports = Array.from({ length: count }, (_value, index) => first + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return first;
  }
  throw new Error('no free port');
};

const isFree = async (port: number): Promise<boolean> =>
  (await binds(port, '127.0.0.1')) && (await binds(port, '::1'));

const binds = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRNOTAVAIL'));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });

/** Does somebody accept connections there? */
export const accepts = (port: number, host = '127.0.0.1'): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });

/** PIDs of everything that was started with this home, whoever its parent is now. */
export const processesOf = (home: string): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return (
          pid !== process.pid &&
          isAlive(pid) &&
          readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`MPM_IO_HOME=${home}`)
        );
      } catch {
        return false; // gone meanwhile
      }
    });

const killEverythingOf = (home: string): Promise<void> =>
  eventually(() => {
    const left = processesOf(home);
    for (const pid of left)
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // gone meanwhile
      }
    return left.length === 0;
  }, `the end of everything of ${home}`);

/** No trace of a stack, no undefined, no escape code: what every text for people has in common. */
export const isClean = (t: ExecutionContext, { text }: Result, what?: string): void => {
  t.notRegex(text, /\n\s+at .+:\d+:\d+|\bundefined\b|\[object |NaN|INTERNAL/, what);
  t.false(text.includes('\u001b'), `${what ?? ''} no escape codes`);
};
