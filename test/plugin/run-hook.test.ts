import test from 'ava';
import { Lanes } from '../../src/plugin/lanes.js';
import { runHook, type HookCall } from '../../src/plugin/run-hook.js';
import { mpmError } from '../../src/model/errors/index.js';
import { declareServer, instanceOf } from '../../src/testing/index.js';

const call = <T>(changes: Partial<HookCall<T>> & Pick<HookCall<T>, 'call'>): HookCall<T> => ({
  style: 'mine',
  hook: 'detect',
  instance: null,
  signal: new AbortController().signal,
  ...changes,
});

const codeOf = async (request: HookCall<unknown>): Promise<string> => {
  const result = await runHook(request);
  return result.ok ? 'ok' : `${result.error.code}: ${result.error.message}`;
};

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('the value of a hook is handed on', async (t) => {
  t.deepEqual(await runHook(call({ call: async () => 42 })), { ok: true, value: 42 });
});

test('a rejection, a throw before the first await, and a thrown text are one error that names style and hook', async (t) => {
  const expected = 'MPM_HOOK_FAILED: The style mine failed in detect: broken';
  t.is(await codeOf(call({ call: () => Promise.reject(new Error('broken')) })), expected);
  const sync = (): Promise<never> => {
    throw new Error('broken');
  };
  t.is(await codeOf(call({ call: sync })), expected);
  const text = (): Promise<never> => {
    // A plugin may throw anything.
    // oxlint-disable-next-line typescript/only-throw-error
    throw 'broken';
  };
  t.is(await codeOf(call({ call: text })), expected);
});

test('an error of the catalogue keeps its code', async (t) => {
  const thrown = mpmError('TARGET_PATTERN', { target: '/(/', why: 'x' });
  const result = await runHook(call({ call: () => Promise.reject(thrown) }));
  t.deepEqual(result, { ok: false, error: thrown });
});

test('a hook that never answers ends at its deadline, and hears of it', async (t) => {
  let heard: AbortSignal | undefined;
  const began = Date.now();
  const text = await codeOf(
    call({
      call: (signal) => {
        heard = signal;
        return new Promise(() => undefined);
      },
    }),
  );
  t.regex(text, /MPM_HOOK_TIMEOUT: The style mine did not finish detect within 2500 ms/);
  t.true(Date.now() - began >= 2_400);
  t.true(heard?.aborted);
});

test('a looking hook is given up when the caller is no longer interested', async (t) => {
  const controller = new AbortController();
  const hanging = codeOf(call({ signal: controller.signal, call: () => new Promise(() => undefined) }));
  controller.abort();
  t.regex(await hanging, /called off/);
  const before = call({ signal: controller.signal, call: () => new Promise(() => undefined) });
  t.regex(await codeOf(before), /called off/);
});

test('a changing hook may still clean up when it is called off', async (t) => {
  const controller = new AbortController();
  const result = runHook(
    call({
      hook: 'start',
      instance: instanceOf(declareServer({ style: 'mine' })),
      signal: controller.signal,
      call: (signal) =>
        new Promise<string>((resolve) =>
          signal.addEventListener('abort', () => setImmediate(() => resolve('cleaned'))),
        ),
    }),
  );
  controller.abort();
  t.deepEqual(await result, { ok: true, value: 'cleaned' });
});

test('a deadline longer than a timer can count does not fire at once', async (t) => {
  const ready = { ...declareServer({ style: 'mine' }).ready, timeout: 40 * 86_400_000 };
  const instance = instanceOf(declareServer({ style: 'mine', ready }));
  const slow = async (): Promise<string> => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return 'late';
  };
  t.deepEqual(await runHook(call({ hook: 'start', instance, call: slow })), { ok: true, value: 'late' });
});

test('an answer that comes after the end is dropped without a trace', async (t) => {
  const controller = new AbortController();
  let fail: ((why: Error) => void) | undefined;
  const result = runHook(
    call({
      signal: controller.signal,
      call: () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    }),
  );
  controller.abort();
  t.false((await result).ok);
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  t.teardown(() => process.off('unhandledRejection', note));
  fail?.(new Error('too late'));
  await settle();
  await settle();
  t.deepEqual(unhandled, []);
});

test.serial('nothing is left in the event loop', async (t) => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  await runHook(call({ call: async () => 1 }));
  await runHook(call({ call: () => Promise.reject(new Error('x')) }));
  t.is(timers(), before);
});

test('changing hooks of one instance take turns, those of others do not wait; a failure frees the lane', async (t) => {
  const lanes = new Lanes();
  const [one, other] = [0, 1].map((index) =>
    instanceOf(declareServer({ style: 'mine', instances: 2 }), index),
  );
  if (one === undefined || other === undefined) return t.fail();
  const order: string[] = [];
  let release: (() => void) | undefined;
  const first = runHook(
    call({
      hook: 'stop',
      instance: one,
      lanes,
      call: async () => {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        order.push('first');
        throw new Error('failed');
      },
    }),
  );
  const second = runHook(
    call({ hook: 'stop', instance: one, lanes, call: async () => void order.push('second') }),
  );
  await runHook(call({ hook: 'stop', instance: other, lanes, call: async () => void order.push('other') }));
  t.deepEqual(order, ['other']);
  release?.();
  t.false((await first).ok);
  t.true((await second).ok);
  return t.deepEqual(order, ['other', 'first', 'second']);
});

test('lanes of two files that name a server alike are two', async (t) => {
  const lanes = new Lanes();
  const [one, other] = ['/a.json', '/b.json'].map((declaredIn) =>
    instanceOf(declareServer({ style: 'mine', declaredIn })),
  );
  if (one === undefined || other === undefined) return t.fail();
  void lanes.run(one, () => new Promise(() => undefined));
  return t.is(await lanes.run(other, async () => 'free'), 'free');
});
