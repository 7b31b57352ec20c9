import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { composeArgv, helperEnvironment } from '../../src/units/argv.js';
import { describeProcess } from '../../src/units/describe.js';
import { helperCommand, helperLabel } from '../../src/units/helper.js';
import { host, isAlive, killHard, node, unit, until } from './rig.js';

/** Each of these is `/bin/sh` somewhere. */
const shells = [
  ['dash', 'dash'],
  ['busybox', 'busybox'],
  ['bash', 'bash'],
] as const;

const onPath = (program: string): string | null =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path)) ?? null;

type Limits = {
  readonly umask?: number;
  readonly nofile?: number;
  /** Beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
  /** All of it. */
  readonly only?: Readonly<Record<string, string>>;
};

type Helped = {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly server: () => Promise<number>;
  readonly end: () => Promise<number | null>;
  readonly exit: () => string | null;
  readonly out: () => string;
  readonly err: () => string;
};

/** The helper as it is spawned, with a shell of our choice in the place of `/bin/sh`. */
const helperIn = (t: ExecutionContext, shell: string) => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mpm-helper-')));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(shell, join(folder, 'sh'));
  let count = 0;
  const run = (argv: readonly string[], { umask, nofile, env, only }: Limits = {}): Helped => {
    count += 1;
    const number = count;
    const file = (kind: string): string => join(folder, `${kind}.${number}`);
    const environment = only ?? { PATH: process.env['PATH'] ?? '', ...env };
    const spec = unit({ argv, launch: { cwd: folder } });
    const [, ...words] = helperCommand({
      key: spec.key,
      exitFile: file('exit'),
      umask: umask ?? null,
      nofile: nofile ?? null,
      environment,
      argv: composeArgv(host, spec, environment, { prefix: [], environment: {} }),
    });
    const outputs = [openSync('/dev/null', 'r'), openSync(file('out'), 'a'), openSync('/dev/null', 'w')];
    const stdio = [...outputs, openSync(file('err'), 'a')];
    const child = spawn(join(folder, 'sh'), words, {
      cwd: folder,
      env: helperEnvironment(environment),
      detached: true,
      stdio,
    });
    const ended = once(child, 'exit') as Promise<[number | null]>;
    for (const fd of stdio) closeSync(fd);
    const pid = child.pid ?? 0;
    const text = (kind: string): string => readFileSync(file(kind), 'utf8');
    t.teardown(() => {
      for (const below of host.processes.children(pid)) killHard(below);
      killHard(pid);
    });
    return {
      pid,
      child,
      server: () => until('the server', () => host.processes.children(pid)[0]),
      end: () => ended.then(([code]) => code),
      exit: () => (existsSync(file('exit')) ? text('exit') : null),
      out: () => text('out'),
      err: () => text('err'),
    };
  };
  return { folder, run };
};

for (const [name, program] of shells) {
  const shell = onPath(program);
  const inShell = (title: string, body: (t: ExecutionContext, shell: string) => Promise<void>): void => {
    if (shell === null)
      test.skip(`helper in ${name}: ${title} (${program} is not installed here)`, body as never);
    else test(`helper in ${name}: ${title}`, (t) => body(t, shell));
  };

  inShell(
    'an exit by number or signal is recorded, and no word of the shell is in the log',
    async (t, path) => {
      const { run, folder } = helperIn(t, path);
      const cases: readonly (readonly [line: string, code: number])[] = [
        ['exit 0', 0],
        ['exit 7', 7],
        ['exit 255', 255],
        ...(
          [
            ['HUP', 129],
            ['INT', 130],
            ['QUIT', 131],
            ['ABRT', 134],
            ['KILL', 137],
            ['SEGV', 139],
            ['PIPE', 141],
            ['TERM', 143],
          ] as const
        ).map(([signal, code]) => [`ulimit -c 0; kill -${signal} $$`, code] as const),
      ];
      await Promise.all(
        cases.map(async ([line, code]) => {
          const helped = run(['/bin/sh', '-c', `echo out; echo err >&2; ${line}`]);
          t.is(await helped.end(), code, line);
          t.deepEqual([helped.exit(), helped.out(), helped.err()], [`${code}\n`, 'out\n', 'err\n'], line);
        }),
      );
      t.is(statSync(join(folder, 'exit.1')).mode & 0o777, 0o600);
    },
  );

  inShell(
    'the server is its only child, and takes every signal as if nobody stood above it',
    async (t, path) => {
      const { run } = helperIn(t, path);
      const status = run(['/bin/grep', '-E', '^Sig(Ign|Blk):', '/proc/self/status']);
      await status.end();
      t.is(status.out().replace(/\D*0+\n/g, ''), '', status.out());
      const helped = run(['/bin/sleep', '1000']);
      const server = await helped.server();
      await until('sleep', () => host.processes.details(server)?.argv[0] === '/bin/sleep');
      t.is(host.processes.children(helped.pid).length, 1);
      t.is(helperLabel(host.processes.details(helped.pid)?.argv ?? []), 'mpm-io-helper default/web:0');
      t.is(describeProcess(host, helped.pid), `${helped.pid} mpm-io-helper default/web:0`);
      process.kill(server, 'SIGSTOP');
      process.kill(server, 'SIGCONT');
      t.is(helped.exit(), null);
      process.kill(server, 'SIGINT');
      t.is(await helped.end(), 130);
    },
  );

  inShell('nofile and umask are the server’s; an impossible nofile is told and recorded', async (t, path) => {
    const { run, folder } = helperIn(t, path);
    const helped = run(['/bin/sh', '-c', 'ulimit -n; umask; ls -l /proc/self/fd'], {
      umask: 0o027,
      nofile: 200,
    });
    t.is(await helped.end(), 0);
    t.regex(helped.out(), /^200\n0?027\n/);
    t.is(helped.out().split('/err.1\n').length - 1, 1, 'the log is its stderr alone');
    const wild = run(['/bin/true'], { nofile: 2 ** 40 });
    t.is(await wild.end(), 126);
    t.is(wild.exit(), '126\n');
    t.is(statSync(join(folder, 'exit.2')).mode & 0o777, 0o600);
    t.regex(wild.err(), /^mpm-io: nofile 1099511627776 is more than this user may have\n$/);
  });

  inShell('a signal to the whole group does not end it before its server', async (t, path) => {
    const { run, folder } = helperIn(t, path);
    const script = join(folder, 'slow.mjs');
    writeFileSync(
      script,
      `import { existsSync } from 'node:fs';
       process.on(process.argv[2], () => {
         console.log('caught');
         setInterval(() => existsSync(process.argv[3]) && process.exit(42), 10);
       });
       setInterval(() => undefined, 1000);
       console.log('ready');`,
    );
    const signals = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR2', 'SIGPIPE', 'SIGALRM'] as const;
    await Promise.all(
      signals.map(async (signal) => {
        const go = join(folder, `go.${signal}`);
        const helped = run([node, script, signal, go]);
        await until('ready', () => helped.out().includes('ready'));
        process.kill(-helped.pid, signal);
        await until('caught', () => helped.out().includes('caught'));
        t.true(isAlive(helped.pid), signal);
        t.is(helped.exit(), null, signal);
        writeFileSync(go, '');
        t.is(await helped.end(), 42, signal);
        t.is(helped.exit(), '42\n', signal);
        t.is(helped.err(), '', signal);
      }),
    );
    const plain = run(['/bin/sleep', '1000']);
    const below = await plain.server();
    await until('sleep', () => host.processes.details(below)?.argv[0] === '/bin/sleep');
    process.kill(-plain.pid, 'SIGTERM');
    t.is(await plain.end(), 143);
    t.is(plain.exit(), '143\n');
  });

  inShell(
    'variables that mean something to a shell reach the server, and not the helper',
    async (t, path) => {
      const { run } = helperIn(t, path);
      const env = {
        ...{ SHELLOPTS: 'errexit:noexec:xtrace', OPTIND: 'x', IFS: 'abc', PPID: '5', RANDOM: 'r', PS1: '# ' },
        ...{
          exit_file: 'a',
          mask: 'b',
          nofile: 'c',
          code: 'd',
          'npm_config_my-key': 'e',
          BASH_ENV: '/dev/null',
        },
      };
      const helped = run([node, '-e', 'console.log(JSON.stringify(process.env)); process.exit(5)'], { env });
      t.is(await helped.end(), 5);
      t.is(helped.exit(), '5\n');
      t.is(helped.err(), '');
      t.like(JSON.parse(helped.out()), env);
    },
  );

  inShell('the server finds its environment and nothing else', async (t, path) => {
    const { run, folder } = helperIn(t, path);
    const print = [node, '-e', 'console.log(JSON.stringify(process.env))'];
    for (const env of [{}, { SHLVL: '7', A: 'a b\n"c' }, { PATH: '/usr/bin:/bin', OLDPWD: '/' }]) {
      const helped = run(print, { only: env });
      t.is(await helped.end(), 0);
      t.deepEqual({ ...(JSON.parse(helped.out()) as object), PWD: folder }, { ...env, PWD: folder });
    }
  });

  inShell('a program that cannot be executed, and one without a first line', async (t, path) => {
    const { run, folder } = helperIn(t, path);
    const bare = join(folder, 'bare');
    writeFileSync(bare, 'echo "$1"; exit 9\n', { mode: 0o755 });
    const ran = run([bare, 'two words']);
    t.is(await ran.end(), 9);
    t.is(ran.out(), 'two words\n');
    const gone = join(folder, 'gone');
    writeFileSync(gone, '#!/no/such/interpreter\n', { mode: 0o755 });
    const failed = run([gone]);
    t.true([126, 127].includes((await failed.end()) ?? 0));
    t.regex(failed.exit() ?? '', /^12[67]\n$/);
    t.not(failed.err(), '');
  });
}
