import { fileURLToPath } from 'node:url';
import { difference, interleave, median, ratio, timeOf } from './measure.mjs';
import { freePorts, httpManaged, openProject, supervised } from './stage.mjs';

const plainSpawn = fileURLToPath(new URL('plain-spawn.mjs', import.meta.url));

const ms = (values) => `${Math.round(median(values))} ms`;
const times = (value) => `${value.toFixed(2)} x`;
const millis = (value) => `${Math.round(value)} ms`;

async function* startUp(stage, quick) {
  const empty = openProject(stage);
  const { node, version, status } = await interleave(quick ? 2 : 25, {
    node: () => timeOf({ argv: [process.execPath, '-e', '0'], cwd: empty.cwd }),
    version: () => timeOf(empty.command('--version')),
    status: () => timeOf(empty.command('status')),
  });
  const row = (what, wanted, over) => ({
    what,
    wanted: times(wanted),
    seen: times(ratio(over, node)),
    detail: `${ms(over)} against ${ms(node)}`,
  });
  yield row('--version against node -e 0', 1.3, version);
  yield row('status, empty folder, against node -e 0', 1.8, status);
}

/** The same processes serve both styles: launched by one project, and watched by another that only knows their ports. */
async function* statusOfMany(stage, quick) {
  const [declared, up, frozen, rounds] = quick ? [12, 6, 2, 1] : [100, 50, 10, 15];
  const ports = await freePorts(3 * declared);
  const launching = openProject(stage, ports.slice(0, declared).map(supervised));
  const watching = openProject(stage, ports.slice(0, declared).map(httpManaged));
  const none = openProject(stage);
  try {
    launching.run('start', ...Array.from({ length: up }, (_value, index) => `s${index}`));
    const pids = JSON.parse(launching.run('status', '--json').toString())
      .servers.flatMap(({ pid }) => pid ?? [])
      .slice(0, frozen);
    const status = (project) => () => timeOf(project.command('status'));
    const flat = await interleave(rounds, {
      node: () => timeOf({ argv: [process.execPath, '-e', '0'], cwd: none.cwd }),
      none: status(none),
      launching: status(launching),
      watching: status(watching),
    });
    const row = (what, wanted, over, under) => ({
      what,
      wanted: millis(wanted),
      seen: millis(difference(over, under)),
      detail: `${ms(over)} against ${ms(under)}; node -e 0 ${ms(flat.node)}`,
    });
    const all = `status of ${declared}, ${up} up`;
    yield row(`${all}, supervised, over status of none`, 150, flat.launching, flat.none);
    yield row(`${all}, http-managed, over status of none`, 150, flat.watching, flat.none);
    yield* frozenAmong(pids, rounds, { watching, launching, status, row, calm: flat.launching });
    yield* growth(stage, quick, ports);
  } finally {
    launching.run('stop', 'all', '--force');
  }
}

/** Asked side by side: ten that never answer cost the one deadline of a question, a second. */
async function* frozenAmong(pids, rounds, { watching, launching, status, row, calm }) {
  const signalled = (signal, work) => () => {
    for (const pid of pids) process.kill(pid, signal);
    return work();
  };
  try {
    const {
      one,
      answering,
      frozen,
      launching: recorded,
    } = await interleave(Math.ceil(rounds / 3), {
      answering: signalled('SIGCONT', status(watching)),
      one: () => {
        process.kill(pids[0], 'SIGSTOP');
        return status(watching)();
      },
      frozen: signalled('SIGSTOP', status(watching)),
      launching: status(launching),
    });
    yield row(
      `the same, http-managed, ${pids.length} of them frozen, over none frozen`,
      1150,
      frozen,
      answering,
    );
    yield row(`the same, ${pids.length} frozen over 1 frozen`, 150, frozen, one);
    yield row(`the same, supervised, ${pids.length} frozen, over none frozen`, 150, recorded, calm);
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}

/** Watched: a quarter of them up; supervised: none, whose records would be another file's. Linear: twice the servers cost at most twice the time, beside what every command costs. */
async function* growth(stage, quick, ports) {
  const sizes = quick ? [6, 12] : [25, 50, 100, 200];
  for (const [style, declare] of Object.entries({ supervised, httpManaged })) {
    const tasks = { none: openProject(stage, []) };
    for (const size of sizes) {
      const quarter = declare === httpManaged ? Math.ceil(size / 4) : 0;
      const mixed = [...ports.slice(0, quarter), ...ports.slice(quarter - size)];
      tasks[size] = openProject(stage, mixed.map(declare));
    }
    const taken = await interleave(
      quick ? 1 : 9,
      Object.fromEntries(
        Object.entries(tasks).map(([name, project]) => [name, () => timeOf(project.command('status'))]),
      ),
    );
    const each = sizes.map((size) => difference(taken[size], taken.none));
    const [small, large] = [sizes.at(-2), sizes.at(-1)];
    yield {
      what: `status of ${large} over status of ${small}, ${style === 'supervised' ? style : 'http-managed'}`,
      wanted: times(large / small),
      seen: times(each.at(-1) / each.at(-2)),
      detail: sizes.map((size, place) => `${size}: +${Math.round(each[place])} ms`).join(', '),
    };
  }
}

async function* startAll(stage, quick) {
  const [count, rounds] = quick ? [4, 1] : [20, 7];
  const { plain, ours } = await interleave(rounds, {
    plain: () => timePlain(stage, count),
    ours: () => timeOurs(stage, count),
  });
  yield {
    what: `start all of ${count} until ready, against a plain script`,
    wanted: times(1.25),
    seen: times(ratio(ours, plain)),
    detail: `${ms(ours)} against ${ms(plain)}`,
  };
}

const timePlain = async (stage, count) => {
  const folder = stage.folder();
  const ports = await freePorts(count);
  let pids = '[]';
  const time = timeOf({
    argv: [process.execPath, plainSpawn, folder, ...ports.map(String)],
    cwd: folder,
    told: (text) => {
      pids = text;
    },
  });
  for (const pid of JSON.parse(pids)) process.kill(pid, 'SIGKILL');
  return time;
};

const timeOurs = async (stage, count) => {
  const project = openProject(stage, (await freePorts(count)).map(supervised));
  try {
    return timeOf({ ...project.command('start', 'all'), codes: [0] });
  } finally {
    project.run('stop', 'all', '--force');
  }
};

/** Each yields rows: what was measured, what is wanted of it, what was seen. */
export const cases = [startUp, statusOfMany, startAll];
