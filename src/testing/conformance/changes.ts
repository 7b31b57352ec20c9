import type { Files, Host } from '../../host/host.js';
import type { FakeHost, RecordedRun } from '../fake-host.js';

/** What was changed in a fake system, in words. */
export type Changes = {
  /** The same host, with an eye on its files. */
  readonly host: Host;
  /** Signals, spawns, writes, and requests that are no questions. */
  readonly outside: () => readonly string[];
  /** Those, and the programs that were run to change something. */
  readonly all: () => readonly string[];
  forget(): void;
};

const changers = new Set(['writeAtomic', 'remove', 'makeFolder', 'removeTree']);

export const watchChanges = (fake: FakeHost, isChange: (run: RecordedRun) => boolean): Changes => {
  const written: string[] = [];
  const noting = (name: string, act: (...args: unknown[]) => unknown) => {
    return (...args: unknown[]): unknown => {
      const result = act(...args);
      if (result !== false) written.push(`${name} ${String(args[0])}`);
      return result;
    };
  };
  const changing = Object.entries(fake.files)
    .filter(([name]) => changers.has(name))
    .map(([name, act]) => [name, noting(name, act as (...args: unknown[]) => unknown)]);
  const files: Files = { ...fake.files, ...(Object.fromEntries(changing) as Partial<Files>) };
  const seen = (): readonly (readonly string[])[] => [
    written,
    fake.signals.map(({ pid, signal }) => `sent ${signal} to ${pid}`),
    fake.spawns.map(({ argv }) => `spawned ${argv.join(' ')}`),
    fake.requests
      .filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method))
      .map(({ method, url }) => `${method} ${url}`),
    fake.runs.filter(isChange).map(({ argv }) => `ran ${argv.join(' ')}`),
  ];
  let known = seen().map(({ length }) => length);
  const since = (): readonly (readonly string[])[] => seen().map((list, i) => list.slice(known[i] ?? 0));
  return {
    host: { ...fake, files },
    outside: () => since().slice(0, 4).flat(),
    all: () => since().flat(),
    forget: () => {
      known = seen().map(({ length }) => length);
    },
  };
};
