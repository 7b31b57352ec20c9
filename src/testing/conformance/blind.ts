import type { Host, RunResult } from '../../host/host.js';
import type { Look } from '../../plugin/contract.js';

const cannot = (): never => {
  throw new Error('EPERM: it cannot be looked at');
};

const killed: RunResult = { kind: 'killed', signal: 'SIGKILL', timedOut: true, stdout: '', stderr: '' };

/** The same functions, each of which throws: also those that a later host has. */
const blinded = <T extends object>(part: T): T =>
  Object.fromEntries(Object.keys(part).map((name) => [name, cannot])) as T;

/** A host at which nothing can be looked: every question throws, every program is killed by its deadline. */
export const blindHost = (host: Host): Host => ({
  ...host,
  processes: blinded(host.processes),
  sockets: blinded(host.sockets),
  files: blinded(host.files),
  http: { request: async () => cannot() },
  run: async () => killed,
});

/** And a look that throws whatever it is asked. */
export const blindLook = (): Look =>
  Object.freeze({
    home: '/home/tester/.mpm-io',
    signal: new AbortController().signal,
    get processes(): never {
      return cannot();
    },
    get listeners(): never {
      return cannot();
    },
    get units(): never {
      return cannot();
    },
  });

const never = <T>(): Promise<T> => new Promise(() => undefined);

/** A host whose slow questions are never answered, and which does not hear the abort signal. */
export const hangingHost = (host: Host): Host => ({
  ...host,
  sockets: { ...host.sockets, bindable: never, connect: never },
  http: { request: never },
  run: never,
});
