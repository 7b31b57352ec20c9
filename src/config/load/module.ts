import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConfigArguments } from '../define.js';
import { runBounded, timedOut, waitBounded } from './bounded.js';
import { broken, noLines, type Loaded } from './document.js';

/**
 * Runs an ecosystem file written in JavaScript or TypeScript as a module of its own folder. It has `timeout` ms for
 * everything, endless loops included. What it prints goes to stderr: stdout belongs to the command's own data.
 */
export const loadModule = async (file: string, given: ConfigArguments, timeout: number): Promise<Loaded> => {
  const until = Date.now() + timeout;
  const restoreOutput = printToStderr();
  try {
    const exported = await evaluate(file, until);
    if (exported === timedOut) return hung(file, timeout);
    const config = configOf(exported);
    if (typeof config !== 'function')
      return { kind: 'document', document: { value: config, lines: noLines } };
    const answer = runBounded(
      () => (config as (given: ConfigArguments) => unknown)(given),
      until - Date.now(),
    );
    const value =
      answer === timedOut ? answer : await waitBounded(Promise.resolve(answer), until - Date.now());
    if (value === timedOut) return hung(file, timeout);
    return { kind: 'document', document: { value, lines: noLines } };
  } catch (error) {
    return broken(file, whatWasThrown(file, error), lineInStack(file, error));
  } finally {
    restoreOutput();
  }
};

const hung = (file: string, timeout: number): Loaded =>
  broken(file, `It did not finish loading within ${timeout / 1000} s: it waits or loops for ever.`);

/** How many loads run now, and what ends the redirection when the last of them is done. */
const redirection = { loads: 0, end: (): void => undefined };

const printToStderr = (): (() => void) => {
  redirection.loads += 1;
  if (redirection.loads === 1) redirection.end = redirectStdout();
  return () => {
    redirection.loads -= 1;
    if (redirection.loads === 0) redirection.end();
  };
};

const redirectStdout = (): (() => void) => {
  const { stdout, stderr } = process;
  const own = Object.getOwnPropertyDescriptor(stdout, 'write');
  stdout.write = stderr.write.bind(stderr);
  return () => {
    if (own === undefined) delete (stdout as { write?: unknown }).write;
    else Object.defineProperty(stdout, 'write', own);
  };
};

const evaluate = async (file: string, until: number): Promise<unknown> => {
  if (/\.[mc]?tsx?$/.test(file)) return evaluateTypeScript(file, until);
  try {
    return runBounded(() => createRequire(file)(file) as unknown, until - Date.now());
  } catch (error) {
    if (!needsImport(error)) throw error;
    return waitBounded(import(pathToFileURL(file).href) as Promise<unknown>, until - Date.now());
  }
};

/** A top-level await; or a Node that cannot `require` an ES module. */
const needsImport = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ERR_REQUIRE_ASYNC_MODULE' || error.code === 'ERR_REQUIRE_ESM');

const evaluateTypeScript = async (file: string, until: number): Promise<unknown> => {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(file, { fsCache: false, moduleCache: false, interopDefault: false });
  try {
    return runBounded(() => jiti(file) as unknown, until - Date.now());
  } catch (error) {
    if (!(error instanceof SyntaxError && /await/.test(error.message))) throw error;
    return waitBounded(jiti.import(file), until - Date.now());
  }
};

/** `module.exports`, `export default`, or the named exports themselves. */
const configOf = (exported: unknown): unknown => {
  if (typeof exported !== 'object' || exported === null || !('default' in exported))
    return unwrapNames(exported);
  const inner = exported.default;
  return isRecord(inner) && '__esModule' in inner ? (inner['default'] ?? inner) : inner;
};

const unwrapNames = (exported: unknown): unknown =>
  isRecord(exported)
    ? Object.fromEntries(Object.entries(exported).filter(([key]) => key !== '__esModule'))
    : exported;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const whatWasThrown = (file: string, error: unknown): string => {
  const message = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  if (error instanceof SyntaxError) return `It does not parse: ${message}`;
  if (/^(module|exports|require) is not defined in ES module/.test(message))
    return `It is written as CommonJS, and ${dirname(file)} holds ES modules: rename it to end in .cjs.`;
  const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
  if (missing !== undefined)
    return `It imports ${missing}, which is not there${/^[./]/.test(missing) ? '' : `: npm install ${missing}`}.`;
  return `It throws while it is loaded: ${message}`;
};

/** The first place in the stack that lies in the file itself. */
const lineInStack = (file: string, error: unknown): number | null => {
  if (!(error instanceof Error)) return null;
  const stack = error.stack ?? '';
  for (const name of [file, pathToFileURL(file).href]) {
    const at = stack.indexOf(`${name}:`);
    const line = at === -1 ? NaN : Number.parseInt(stack.slice(at + name.length + 1), 10);
    if (Number.isInteger(line)) return line;
  }
  return null;
};
