/**
 * `command-managed`: a server that three commands start, stop and ask after. For pg_ctl, apachectl, rc scripts, tmux
 * and whatever else has its own way and is known to no other style.
 */
import { definePlugin, identityOf, isAlive, sameIdentity } from 'mpm-io/plugin';
import { serverOptions } from './options.js';

/** The longest that a status or pid command may take when it is asked for by a look. */
const longestLook = 1000;

export default definePlugin({
  name: 'command-managed',
  apiVersion: 1,
  instances: 'one',
  serverOptions,
  create: (_options, host) => ({
    detect: async (instances, look) =>
      new Map(
        await Promise.all(
          instances.map(async (instance) => [instance.key, await detect(host, instance, look)]),
        ),
      ),
    start: (instance, context) => start(host, instance, context),
    stop: (instance, sighting, context) => stop(host, instance, sighting, context),
    info: async ({ server }, { main }) => [
      { label: 'start', value: asText(server.options.commands.start) },
      { label: 'stop', value: asText(server.options.commands.stop) },
      { label: 'status', value: asText(server.options.commands.status) },
      ...(main === null ? [] : [{ label: 'pid', value: String(main.pid), raw: main.pid }]),
    ],
  }),
});

const detect = async (host, instance, look) => {
  try {
    const asked = await askStatus(host, instance, look.signal);
    if (asked.answer === 'unknown') return { seen: 'unavailable', reason: asked.text };
    const evidence = [{ source: 'status', text: asked.text }];
    if (asked.answer === 'stopped') return { seen: 'absent', evidence };
    const named = await askPid(host, instance, look);
    return {
      seen: 'running',
      sightings: [
        {
          role: 'owner',
          manager: { style: 'command-managed', name: `the commands of ${instance.server.name}`, pid: null },
          phase: 'running',
          ready: null,
          main: named.main,
          endpoints: instance.endpoints,
          proven: true,
          evidence: [...evidence, ...named.evidence],
        },
      ],
    };
  } catch (error) {
    return { seen: 'unavailable', reason: `it could not be asked: ${error}` };
  }
};

/** What the status command says: `running`, `stopped`, or `unknown` when it is missing, hangs or says neither. */
const askStatus = async (host, { server }, signal) => {
  const { commands, statusCodes = {} } = server.options;
  const { running = [0], stopped = [1, 2, 3] } = statusCodes;
  const result = await run(
    host,
    server,
    commands.status,
    Math.min(server.health?.timeout ?? longestLook, longestLook),
    signal,
  );
  const text = `${asText(commands.status)} ${tell(result)}`;
  if (result.kind !== 'exited') return { answer: 'unknown', text };
  if (running.includes(result.code)) return { answer: 'running', text };
  return { answer: stopped.includes(result.code) ? 'stopped' : 'unknown', text };
};

/** The main process, where the server declares a command that prints its PID; a hint, until the process table has it. */
const askPid = async (host, { server }, look) => {
  const { pid: command } = server.options.commands;
  if (command === undefined) return { main: null, evidence: [] };
  const result = await run(host, server, command, longestLook, look.signal);
  const printed = result.kind === 'exited' && result.code === 0 ? result.stdout.trim() : '';
  const pid = /^\d+$/.test(printed) ? Number(printed) : 0;
  const row = pid > 1 ? look.processes.rows.get(pid) : undefined;
  if (row !== undefined && isAlive(row))
    return {
      main: identityOf(look.processes, row),
      evidence: [{ source: 'pid', text: `${asText(command)} printed ${pid}` }],
    };
  return {
    main: null,
    evidence: [{ source: 'pid', text: `${asText(command)} ${tell(result)} and named no process that lives` }],
  };
};

const start = async (host, instance, context) => {
  const { server, port } = instance;
  const before = await detect(host, instance, context.look);
  if (before.seen === 'running') return started(before.sightings[0].main, port, 0, 'running');
  if (before.seen === 'unavailable')
    return failed(
      'COMMAND_STATUS_UNKNOWN',
      `Whether ${server.name} runs is not known: ${before.reason}`,
      'Try the status command by hand.',
      '',
    );
  const begun = host.clock.monotonic();
  const timeout = server.options.timeout ?? server.ready.timeout;
  context.progress(asText(server.options.commands.start));
  const result = await run(host, server, server.options.commands.start, timeout, context.signal);
  if (context.signal.aborted) return { kind: 'interrupted' };
  if (result.kind !== 'exited' || result.code !== 0)
    return failed(
      'COMMAND_START_FAILED',
      `${asText(server.options.commands.start)} ${tell(result)}`,
      'Try it by hand.',
      result.stderr ?? '',
    );
  if (context.start.noWait) return { kind: 'spawned', main: null, port };
  const answer = await waitFor(host, instance, 'running', timeout, context.signal);
  if (context.signal.aborted) return { kind: 'interrupted' };
  if (answer.answer !== 'running')
    return failed(
      'COMMAND_NOT_RUNNING',
      `It was started, but within ${timeout} ms ${answer.text}`,
      'Look into its own log.',
      '',
    );
  // The look of this command was taken before the start: the process is read from the host.
  const { main } = await askPid(host, instance, {
    signal: context.signal,
    processes: host.processes.table(),
  });
  return started(main, port, host.clock.monotonic() - begun, 'ready');
};

/** Without a PID no identity can be told: what runs is `spawned`. */
const started = (main, port, ms, kind) => {
  if (main === null) return { kind: 'spawned', main, port };
  return kind === 'ready' ? { kind, main, port, ms, warnings: [] } : { kind, main, port, olderSpec: false };
};

const failed = (code, message, hint, stderr) => ({
  kind: 'failed',
  code,
  message,
  hint,
  stderr: stderr
    .split('\n')
    .filter((line) => line !== '')
    .slice(-10),
});

const stop = async (host, instance, { main }, context) => {
  const { server } = instance;
  const outcome = (kind, message, attempts) => ({ kind, message, attempts, survivors: [], spared: [] });
  const before = await askStatus(host, instance, context.signal);
  if (before.answer === 'stopped') return outcome('not-running', null, []);
  if (before.answer === 'unknown')
    return outcome('refused', `Whether it runs is not known: ${before.text}`, []);
  const now = main === null ? null : host.processes.identify(main.pid);
  if (main !== null && (now === null || !sameIdentity(now, main)))
    return outcome(
      'refused',
      'It runs as another process than the one that was seen; it was left alone.',
      [],
    );
  const begun = host.clock.monotonic();
  const timeout = server.options.timeout ?? 30_000;
  context.progress(asText(server.options.commands.stop));
  const result = await run(host, server, server.options.commands.stop, timeout, context.signal);
  const after = await waitFor(host, instance, 'stopped', timeout, context.signal);
  const attempt = {
    what: asText(server.options.commands.stop),
    outcome: tell(result),
    ms: host.clock.monotonic() - begun,
  };
  return after.answer === 'stopped'
    ? outcome('stopped', null, [attempt])
    : outcome('survived', `${asText(server.options.commands.stop)} ${tell(result)}, and then ${after.text}`, [
        attempt,
      ]);
};

/** Asks until the status is the one that is wanted, or the time is over; the last answer. */
const waitFor = async (host, instance, wanted, timeout, signal) => {
  const until = host.clock.monotonic() + timeout;
  let asked = await askStatus(host, instance, signal);
  while (asked.answer !== wanted && host.clock.monotonic() < until && !signal.aborted) {
    await host.clock.sleep(Math.max(20, instance.server.ready.interval), signal);
    asked = await askStatus(host, instance, signal);
  }
  return asked;
};

/** A list is a program with its arguments, a text is a line for the shell. Ends with the signal, whatever the host does. */
const run = async (host, server, command, timeout, signal) => {
  const calledOff = { kind: 'killed', signal: 'SIGKILL', timedOut: false, stdout: '', stderr: '' };
  if (signal.aborted) return calledOff;
  let abort;
  const aborted = new Promise((resolve) => {
    abort = () => resolve(calledOff);
    signal.addEventListener('abort', abort, { once: true });
  });
  const words = typeof command === 'string' ? { shell: command } : { argv: command };
  try {
    return await Promise.race([
      host.run(words, { cwd: server.cwd, env: server.env, timeout, signal }),
      aborted,
    ]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

const asText = (command) => (typeof command === 'string' ? command : command.join(' '));

const tell = (result) => {
  if (result.kind === 'missing') return `cannot be run: ${result.text}`;
  if (result.kind === 'killed')
    return result.timedOut ? 'did not end in time' : `was ended by ${result.signal}`;
  const [said = ''] = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
  return `exited with ${result.code}${said === '' ? '' : `: ${said.slice(0, 120)}`}`;
};
